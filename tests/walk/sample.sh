#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The error walk's part in `make check`: each ARIL_WALK_STEP-th (40th) call of the verbs
# that make, change and remove containers, with another error each time. TAP.
ARIL_WALK_STEP=${ARIL_WALK_STEP:-40} exec "$(dirname "$0")/run.sh" create run start exec \
	kill delete delete-force update
