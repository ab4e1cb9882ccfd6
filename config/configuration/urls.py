"""The configuration's pages: among the admin's, and of no model's."""

from django.urls import path

from config.configuration import views

urlpatterns = [
    path("", views.upload, name="configuration"),
    path("export/", views.export, name="configuration-export"),
    path("<uuid:public_id>/", views.review, name="configuration-review"),
]
