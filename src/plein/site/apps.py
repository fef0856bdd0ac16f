from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "plein.site"
    label = "site_house"
