"""The sockets' addresses: a visitor's, and that of a draft which is tried out."""

from django.urls import path

from .consumers import VisitorSocket
from .designer.consumers import PreviewSocket

urlpatterns = [
    path("ws/visitor/", VisitorSocket.as_asgi()),
    path("ws/preview/<int:dialogue_id>/", PreviewSocket.as_asgi()),
]
