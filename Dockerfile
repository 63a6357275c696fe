# The first stage builds the wheel with its browser pages; the second runs it, as nobody in particular, on a root file
# system that may be read-only: only /data is written.
FROM python:3.13.16-slim-trixie@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f AS base

FROM base AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ONLY_BINARY=:all: PIP_ROOT_USER_ACTION=ignore PIP_NO_CACHE_DIR=1
WORKDIR /source
# What takes long comes first, and is done anew only where what it is made of has changed.
COPY requirements/ requirements/
RUN python -m venv --without-pip /opt/orchestrator \
    && pip --python /opt/orchestrator/bin/python install --require-hashes -r requirements/runtime.lock \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes -r requirements/build.lock -r requirements/node.lock
COPY hatch_build.py ./
COPY console/ console/
RUN /opt/build/bin/python hatch_build.py
COPY . .
RUN /opt/build/bin/hatchling build --target wheel --directory /wheels \
    && pip --python /opt/orchestrator/bin/python install --no-deps --no-index --no-cache-dir /wheels/*.whl

FROM base
# Which version it is, `make image` says, as pyproject.toml does.
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="Orchestrator" \
      org.opencontainers.image.description="A durable workflow orchestrator with a GraphQL interface" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN pip uninstall --yes --root-user-action=ignore pip \
    && rm -r /usr/local/lib/python3.13/ensurepip \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/orchestrator /opt/orchestrator
ENV PATH=/opt/orchestrator/bin:$PATH \
    HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ORCHESTRATOR_ENVIRONMENT=production \
    ORCHESTRATOR_HOST=0.0.0.0 \
    ORCHESTRATOR_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 5080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-m", "app.container_health"]
ENTRYPOINT ["orchestrator"]
CMD ["serve"]
