"""The agent's socket address."""

from django.urls import path

from .consumers import AgentSocket

urlpatterns = [path("ws/agent/", AgentSocket.as_asgi())]
