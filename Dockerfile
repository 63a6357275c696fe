# Two stages: the first builds the wheel and its browser pages, the second runs it without root and without a compiler.
FROM node:22-bookworm-slim AS node

FROM python:3.13-slim-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY requirements/ requirements/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.lock
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . && /venv/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --create-home orchestrator && install -d -m 700 -o orchestrator /data
COPY --from=build /venv /venv
USER orchestrator
ENV PATH=/venv/bin:$PATH ORCHESTRATOR_DATA_DIR=/data ORCHESTRATOR_HOST=0.0.0.0 PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 5080
ENTRYPOINT ["orchestrator"]
CMD ["serve"]
