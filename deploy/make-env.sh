#!/bin/sh
# Makes the file .env with new secrets for the compose files, readable by its owner alone; one that is there is kept.
set -euC
umask 077

postgres=$(openssl rand -hex 24)
redis=$(openssl rand -hex 24)
tokens=$(openssl rand -base64 48)
callbacks=$(openssl rand -base64 48)
secrets=$(openssl rand -base64 32)

cat > .env <<END
POSTGRES_PASSWORD=$postgres
REDIS_PASSWORD=$redis
ORCHESTRATOR_JWT_SECRET=$tokens
ORCHESTRATOR_CALLBACK_SECRETS=whsec_$callbacks
ORCHESTRATOR_ENCRYPTION_KEYS=$secrets
END
echo "Made .env: keep a copy of it apart from the backups of the database."
