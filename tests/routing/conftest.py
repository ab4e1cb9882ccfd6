from tests.agents.conftest import hear

__all__ = ["hear"]
