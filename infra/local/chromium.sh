#!/bin/sh
# Print the path of a Chromium for the browser tests; install one where that is allowed.
set -eu

find_chromium() {
    if [ -n "${CHROMIUM:-}" ]; then
        command -v "$CHROMIUM" && return 0
        echo "CHROMIUM=$CHROMIUM is not a program that can be run." >&2
        exit 1
    fi
    # The shell has no window and takes a third less processor time for the same pages.
    for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

install_chromium() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        return 1
    fi
    echo "Installing Chromium for the browser tests ..." >&2
    $as_root apt-get update -qq >&2 || true # an old list may do
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get install -y -qq chromium-headless-shell >/dev/null 2>&1 ||
        $as_root apt-get install -y -qq chromium >/dev/null 2>&1
}

find_chromium && exit 0
install_chromium || true
find_chromium && exit 0
echo "The browser tests need Chromium: install the package chromium, or set CHROMIUM to its path." >&2
exit 1
