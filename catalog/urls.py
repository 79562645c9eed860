"""The addresses of boards and objects."""

from __future__ import annotations

from django.urls import path

from catalog.views import boards, columns, comments, creation, imports, objects, offers, ties

urlpatterns = [
    path("boards/", boards.boards, name="boards"),
    path("boards/<slug:key>/", boards.board, name="board"),
    path("boards/<slug:key>/count/", boards.count, name="board-count"),
    path("boards/<slug:key>/columns/", columns.choose, name="choose-columns"),
    path("boards/<slug:key>/new/", creation.new_object, name="new-object"),
    path("boards/<slug:key>/import/", imports.new_import, name="new-import"),
    path("boards/<slug:key>/export/", imports.export, name="export-board"),
    path("imports/<int:pk>/", imports.show_import, name="import"),
    path("imports/<int:pk>/start/", imports.start_import, name="start-import"),
    path("imports/<int:pk>/discard/", imports.discard_import, name="discard-import"),
    path("imports/<int:pk>/report/", imports.report, name="import-report"),
    path("objects/<int:pk>/", objects.page, name="object"),
    path("objects/<int:pk>/edit/", objects.edit, name="edit-object"),
    path("objects/<int:pk>/transitions/", objects.transition, name="make-transition"),
    path("objects/<int:pk>/people/", ties.assign, name="assign"),
    path("objects/<int:pk>/people/<int:relation>/remove/", ties.unassign, name="unassign"),
    path("objects/<int:pk>/relations/", ties.relate, name="relate"),
    path("objects/<int:pk>/relations/<int:relation>/remove/", ties.unrelate, name="unrelate"),
    path("objects/<int:pk>/offers/people/", offers.people, name="offered-people"),
    path("objects/<int:pk>/offers/objects/", offers.targets, name="offered-objects"),
    path("objects/<int:pk>/comments/", comments.comment, name="comment"),
    path("objects/<int:pk>/comments/<int:comment>/edit/", comments.edit, name="edit-comment"),
    path("objects/<int:pk>/comments/<int:comment>/delete/", comments.delete, name="delete-comment"),
    path("objects/<int:pk>/delete/", objects.delete, name="delete-object"),
]
