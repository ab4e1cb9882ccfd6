"""The addresses of what the installation shows to everybody."""

from django.urls import re_path

from .views import show_chatbot_avatar

urlpatterns = [
    re_path(r"^media/widget/(?P<digest>[0-9a-f]{32})\.webp$", show_chatbot_avatar, name="chatbot-avatar"),
]
