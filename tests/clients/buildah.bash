# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# buildah.bash: buildah with $CLIENT_RUNTIME, for the scenarios.

# shellcheck source=tests/clients/clients.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/clients.bash"

export BUILDAH_RUNTIME=$CLIENT_RUNTIME

# what is not about networks does without: user-mode Linux has no firewall to offer
bud() {
	buildah bud -q --network none "$@" 3>&-
}

engine_begin() {
	buildah inspect --type image box >/dev/null 2>&1 || {
		buildah from --name seed scratch
		buildah add -q seed "$ROOTFS" /
		buildah config --cmd '["sh"]' seed
		buildah commit -q seed box
		buildah rm seed
	} >/dev/null
}

engine_clean() {
	local images
	buildah rm --all >/dev/null 2>&1
	mapfile -t images < <(buildah images --format '{{.Name}}' |
		grep -E '^localhost/made' | sort -u)
	[ ${#images[@]} -eq 0 ] || buildah rmi -f "${images[@]}" >/dev/null
	buildah rmi --prune -f >/dev/null 2>&1
}

engine_end() {
	:
}

# work [OPTION...]: a working container named "work"
work() {
	buildah from --pull-never --name work "$@" box >/dev/null
}

# run_in OPTION... COMMAND...: in it, by the runtime
run_in() {
	buildah run --isolation oci --network none "$@" 3>&-
}
