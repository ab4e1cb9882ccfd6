"""What beat runs for configuration files."""

from celery import shared_task

from config.configuration.services import uploads


@shared_task
def forget_configuration_uploads() -> None:
    """Delete uploaded files to which nobody has said yes within an hour (LC-60)."""
    uploads.forget_uploads()
