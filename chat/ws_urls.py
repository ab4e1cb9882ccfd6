"""The visitor's socket address."""

from django.urls import path

from .consumers import VisitorSocket

urlpatterns = [path("ws/visitor/", VisitorSocket.as_asgi())]
