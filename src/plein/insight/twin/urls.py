from django.urls import path, re_path

from plein.insight.twin import views

KEY = r"(?P<layer>[A-Za-z0-9_.:-]{1,120})"
DAY = r"(?P<day>\d{4}-\d{2}-\d{2})"

urlpatterns = [
    path("", views.map_page, name="map"),
    re_path(rf"^lijst/{KEY}/$", views.layer_list, name="list"),
    path("buurt/<str:code>/", views.area_page, name="area"),
    re_path(rf"^punt/{KEY}/$", views.point_page, name="point"),
    re_path(rf"^waarden/{KEY}/{DAY}/(?P<level>buurt|wijk)\.json$", views.values_json, name="values"),
    re_path(rf"^tegels/{KEY}/{DAY}/(?P<place>\d{{1,2}}/\d{{1,7}}/\d{{1,7}})$", views.tile, name="tile"),
]
