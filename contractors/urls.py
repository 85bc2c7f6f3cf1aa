from django.urls import URLPattern, URLResolver, path

from contractors.views import company, company_records, contact

app_name = "contractors"

urlpatterns: list[URLPattern | URLResolver] = [
    path("entreprises/", company.company_list, name="company_list"),
    path("entreprises/nouvelle/", company.company_create, name="company_create"),
    path("entreprises/importer/", company.company_import, name="company_import"),
    path("entreprises/<int:pk>/", company.company_page, name="company_page"),
    path("entreprises/<int:pk>/modifier/", company.company_edit, name="company_edit"),
    path("entreprises/<int:pk>/archiver/", company.company_archive, name="company_archive"),
    path("entreprises/<int:pk>/desarchiver/", company.company_restore, name="company_restore"),
    path("entreprises/<int:pk>/supprimer/", company.company_delete, name="company_delete"),
    path("entreprises/<int:pk>/historique/", company_records.company_history, name="company_history"),
    path("entreprises/<int:pk>/documents/", company_records.company_documents, name="company_documents"),
    path("entreprises/<int:pk>/documents/ajouter/", company_records.company_document_add, name="company_document_add"),
    path(
        "entreprises/documents/<int:pk>/supprimer/",
        company_records.company_document_remove,
        name="company_document_remove",
    ),
    path("entreprises/<int:pk>/contacts/nouveau/", contact.contact_create, name="contact_create"),
    path("contacts/<int:pk>/modifier/", contact.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/parti/", contact.contact_left, name="contact_left"),
    path("contacts/<int:pk>/revenu/", contact.contact_back, name="contact_back"),
    path("contacts/<int:pk>/supprimer/", contact.contact_delete, name="contact_delete"),
]
