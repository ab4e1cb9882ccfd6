"""Hashed static files; imports between JavaScript modules are rewritten to the hashed names."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

# In the worst order of files a new hash goes up the chain of imports by one module a round, and Django's five
# rounds were used up. Rounds that nothing would change in aren't run.
ROUNDS = 25


class HashedModulesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Compressed (brotli, gzip), content-hashed files, so that they can be cached for ever."""

    support_js_module_import_aggregation = True
    max_post_process_passes = ROUNDS


class PlainHashedModulesStorage(ManifestStaticFilesStorage):
    """The same names without compressing: on one machine it gains nothing, and is most of a first start."""

    support_js_module_import_aggregation = True
    max_post_process_passes = ROUNDS
