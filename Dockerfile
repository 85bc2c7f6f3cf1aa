# One image for web, workers, beat, migrations and backups (docker-compose.yml).
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/clauseo
COPY requirements.txt .
RUN /opt/clauseo/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
# Pango composes the PDF.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /tmp --shell /usr/sbin/nologin clauseo
ENV PATH=/opt/clauseo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    CLAUSEO_DATA=/var/lib/clauseo \
    HOST=0.0.0.0 \
    PORT=8000
COPY --from=packages /opt/clauseo /opt/clauseo
WORKDIR /srv/clauseo
COPY . .
# Collecting static files reads the settings, and none of these values stays in the image.
RUN CLAUSEO_SECRET_KEY=build CLAUSEO_DOCUMENT_KEYS=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q . \
    && install -d -o clauseo -g clauseo /var/lib/clauseo/documents
USER clauseo
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
