# Kapula in AWS. Every target wants STAGE=…; credentials come from the usual AWS variables.
# docs/operations.md walks through a first deployment.

DEPLOY = @test -n "$(STAGE)" || { echo "Say which installation: make $@ STAGE=test" >&2; exit 2; }; \
	exec $(PY) -m infra.deploy

.PHONY: deploy
deploy: .venv/dev.stamp node_modules/.stamp ## Deploy everything to AWS: STAGE=test SENDER=kapula@example.org
	$(DEPLOY) deploy $(STAGE)

.PHONY: deploy-site
deploy-site: .venv/dev.stamp ## Deploy the texts of the site alone: STAGE=test
	$(DEPLOY) deploy-site $(STAGE)

.PHONY: remove
remove: .venv/dev.stamp node_modules/.stamp ## Take an installation away, but for its data: STAGE=test
	$(DEPLOY) remove $(STAGE)

.PHONY: logs
logs: .venv/dev.stamp ## Show the last ten minutes of the logs: STAGE=test [FUNCTION=mailer]
	$(DEPLOY) logs $(STAGE) $(FUNCTION)

.PHONY: reindex
reindex: .venv/dev.stamp ## Lay every case on its desks anew: STAGE=test
	$(DEPLOY) reindex $(STAGE)

.PHONY: allow-mail
allow-mail: .venv/dev.stamp ## Send mail to an address again that bounced: STAGE=test EMAIL=matti@example.org
	$(DEPLOY) allow-mail $(STAGE) $(EMAIL)

.PHONY: rotate-secret
rotate-secret: .venv/dev.stamp ## Make new secrets for the next deployment: STAGE=test
	$(DEPLOY) rotate-secret $(STAGE)

.PHONY: packages
packages: .venv/dev.stamp ## Make the functions' packages, and show how large they are
	@exec $(PY) -m infra.deploy.package

# What make is given (SENDER=…) goes on to the commands as environment.
export SENDER DOMAIN ZONE ALARM_EMAIL WAF KEEP RESERVE

node_modules/.stamp: package-lock.json package.json
	@command -v npm >/dev/null || { echo "Deploying needs Node 20 or newer with npm." >&2; exit 1; }
	@echo "Installing the serverless CLI ..."
	@npm ci --silent --no-progress
	@touch $@
