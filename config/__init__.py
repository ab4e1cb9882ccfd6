"""The project. Celery's app is loaded with it, so that every process's shared tasks are its tasks."""

from .celery import app as celery_app

__all__ = ["celery_app"]
