# One image for every role; the command chooses it: serve, or serve --only web|worker|beat.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN pip install --no-cache-dir "uv>=0.13,<1"
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home sluice && install -d -o sluice /data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY manage.py pyproject.toml ./
COPY config config
COPY journal journal
COPY accounts accounts
COPY catalog catalog
COPY workflows workflows
COPY permissions permissions
COPY notifications notifications
COPY automations automations
COPY templates templates
COPY static static
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data LOG_FORMAT=json
USER sluice
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "manage.py"]
CMD ["serve", "--host", "0.0.0.0"]
