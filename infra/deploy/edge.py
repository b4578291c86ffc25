"""What CloudFront has to know of the built site: its pages, and the scripts it may run."""

import json
from pathlib import Path

from infra.local.static import content_security_policy
from infra.site.check import inline_script_hashes

CODE_LIMIT = 10_240  # bytes, CloudFront's own

# Clean URLs, and for a page that is not there the missing page of its language. A file that
# is not there (a picture) is left to S3, whose 403 CloudFront turns into /404.html.
_PATH = """var pages = new Set(%s);
function handler(event) {
  var request = event.request, uri = request.uri;
  if (pages.has(uri)) request.uri = uri + 'index.html';
  else if (pages.has(uri + '/')) return {statusCode: 301, statusDescription: 'Moved Permanently',
    headers: {location: {value: uri + '/'}}};
  else if (uri.split('/').pop().indexOf('.') < 0) request.uri = missing(uri);
  return request;
}
function missing(uri) {
  var language = uri.split('/')[1];
  return (language === 'sv' || language === 'en' ? '/' + language : '') + '/404.html';
}
"""
# Says 404 for what the other function took for missing. The stored page itself says so (in its
# metadata, see upload.py): what a request was before it was rewritten is not known here.
STATUS_FUNCTION = """function handler(event) {
  var response = event.response, status = response.headers['x-amz-meta-status'];
  if (status) {
    response.statusCode = parseInt(status.value, 10);
    response.statusDescription = 'Not Found';
    delete response.headers['x-amz-meta-status'];
  }
  return response;
}
"""


def pages(site: Path) -> list[str]:
    """The paths of all pages, each ending in a slash."""
    found = (p.parent.relative_to(site).as_posix() for p in site.rglob("index.html"))
    return sorted("/" if path == "." else f"/{path}/" for path in found)


def path_function(site: Path) -> str:
    """The code of the viewer-request function; ValueError if the site has outgrown it."""
    code = _PATH % json.dumps(pages(site), separators=(",", ":"), ensure_ascii=False)
    if len(code.encode()) > CODE_LIMIT:
        raise ValueError("the list of pages is too long for CloudFront; see docs/operations.md")
    return code


def policy(site: Path) -> str:
    """The Content-Security-Policy of the site, with the hashes of what it has inline."""
    return content_security_policy(inline_script_hashes(site))
