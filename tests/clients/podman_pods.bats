#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman pod and play kube: containers that share namespaces and a cgroup.

load podman.bash

# Nothing is to be fetched: what holds a pod's namespaces is our image
make() { # NAME [OPTION...]
	local name=$1
	shift
	podman image exists pause || podman import -q \
		--change 'ENTRYPOINT ["sleep", "2000"]' "$ROOTFS" pause >/dev/null
	pod pod create --name "$name" --infra-image localhost/pause --network none \
		"$@" >/dev/null
}

ns() { # NAME KIND
	readlink "/proc/$(told "$1" .State.Pid)/ns/$2"
}

# bats test_tags=quick
@test "a pod's containers share net, ipc and uts, and nothing else" {
	local kind
	make two
	up one --pod two
	up other --pod two
	for kind in net ipc uts; do
		is "$(ns one $kind)" "$(ns other $kind)"
	done
	for kind in pid mnt; do
		[ "$(ns one $kind)" != "$(ns other $kind)" ]
	done
	is "$(pod exec one hostname)" two
	pod exec -d one sh -c 'mkdir /www && echo heard >/www/file &&
		exec httpd -f -p 127.0.0.1:4444 -h /www'
	until_true 20 pod exec other wget -q -O /srv/got http://127.0.0.1:4444/file
	is "$(pod exec other cat /srv/got)" heard
	is "$(pod pod ps --format '{{.Status}} {{.NumberOfContainers}}')" 'Running 3'
}

@test "--share pid: all see each other, and the first is the infra container's" {
	make two --share pid,net,ipc,uts
	up one --pod two
	up other --pod two
	is "$(ns one pid)" "$(ns other pid)"
	matches "$(pod exec one ps)" '1 .*sleep 2000'
	pod kill other
	until_true 20 eval '[ $(pod exec one ps | grep -c "sleep 1000") = 1 ]'
	exits 0 pod exec one true
}

@test "pod stop, start, restart, pause, unpause, kill, rm" {
	make two
	up one --pod two
	exits 0 pod pod stop -t 0 two
	told_is one .State.Status exited
	exits 0 pod pod start two
	told_is one .State.Status running
	exits 0 pod pod restart two
	told_is one .State.Status running
	exits 0 pod pod pause two
	told_is one .State.Status paused
	exits 0 pod pod unpause two
	told_is one .State.Status running
	exits 0 pod pod kill two
	until_true 20 told_is one .State.Status exited
	exits 0 pod pod rm -f two
	is "$(pod ps -aq)" ''
}

@test "a pod's limits are its cgroup's" {
	local at
	[ "$(id -u)" -eq 0 ] || needs_podman 4.4
	make two --memory 128m
	up one --pod two --memory 64m
	is "$(cgroup memory.max one)" 67108864
	at=$(sed 's/^0:://' "/proc/$(told one .State.Pid)/cgroup")
	until [ "$at" = / ] || [ "$(cat "/sys/fs/cgroup$at/memory.max")" = 134217728 ]; do
		at=$(dirname "$at")
	done
	[ "$at" != / ]
	matches "$(pod pod stats --no-stream --format '{{.Name}}' two)" one
	matches "$(pod pod top two)" sleep
}

@test "init containers run first, to their end" {
	make two
	pod create --init-ctr always --pod two --name first -v "$T:/shared" box \
		sh -c 'echo prepared >/shared/prepared'
	pod create --pod two --name one -v "$T:/shared" box \
		sh -c 'cat /shared/prepared; sleep 1000'
	exits 0 pod pod start two
	until_true 20 said one prepared
	told_is first .State.ExitCode 0
}

kube() { # FILE: a pod that needs no image from elsewhere
	cat >"$1" <<-'END'
		apiVersion: v1
		kind: ConfigMap
		metadata: { name: words }
		data: { greeting: hello }
		---
		apiVersion: v1
		kind: Pod
		metadata: { name: made, labels: { app: made } }
		spec:
		  restartPolicy: Never
		  hostname: there
		  initContainers:
		  - name: before
		    image: localhost/box
		    imagePullPolicy: Never
		    command: [ sh, -c, "echo prepared >/data/prepared" ]
		    volumeMounts: [ { name: data, mountPath: /data } ]
		  containers:
		  - name: one
		    image: localhost/box
		    imagePullPolicy: Never
		    command: [ sh, -c ]
		    args: [ "cat /data/prepared; echo $GREETING; id -u; sleep 1000" ]
		    env:
		    - name: GREETING
		      valueFrom: { configMapKeyRef: { name: words, key: greeting } }
		    securityContext:
		      runAsUser: 1000
		      readOnlyRootFilesystem: true
		      capabilities: { drop: [ ALL ] }
		    resources: { limits: { memory: 64Mi } }
		    volumeMounts: [ { name: data, mountPath: /data } ]
		  volumes:
		  - name: data
		    emptyDir: {}
	END
}

# The image of the infra container is the configuration's: the file's name
infra() {
	local dir=/etc
	[ "$(id -u)" -eq 0 ] || dir=$HOME/.config
	mkdir -p "$dir/containers/containers.conf.d"
	printf '[engine]\ninfra_image = "localhost/pause"\n' \
		>"$dir/containers/containers.conf.d/infra.conf"
	echo "$dir/containers/containers.conf.d/infra.conf"
}

@test "play kube: a pod with all that Kubernetes would give it, and --down" {
	local conf
	conf=$(infra)
	make none && pod pod rm -f none
	kube "$T/pod.yaml"
	exits 0 pod play kube --network none "$T/pod.yaml"
	until_true 30 said made-one 1000
	matches "$(pod logs made-one | tr '\n' ,)" 'prepared,hello,1000,'
	is "$(cgroup memory.max made-one)" 67108864
	is "$(pod exec made-one grep CapBnd /proc/self/status | cut -f2)" 0000000000000000
	exits 1 pod exec made-one touch /srv/new
	is "$(pod exec made-one hostname)" there
	exits 0 pod play kube --down "$T/pod.yaml"
	is "$(pod ps -aq)" ''
	pod volume prune -f
	rm "$conf"
}

@test "generate kube gives what play kube takes" {
	local conf
	conf=$(infra)
	make two
	pod run -d --pod two --name one --env A=b localhost/box sleep 1000
	pod generate kube two >"$T/two.yaml"
	pod pod rm -f -t 0 two
	exits 0 pod play kube --network none "$T/two.yaml"
	until_true 20 eval 'pod exec two-one true'
	is "$(pod exec two-one sh -c 'echo $A')" b
	pod play kube --down "$T/two.yaml"
	rm "$conf"
}

deployment() { # FILE
	cat >"$1" <<-END
		apiVersion: v1
		kind: Secret
		metadata: { name: hidden }
		data: { word: $(printf sesame | base64) }
		---
		apiVersion: apps/v1
		kind: Deployment
		metadata: { name: web }
		spec:
		  replicas: 1
		  selector: { matchLabels: { app: web } }
		  template:
		    metadata: { labels: { app: web } }
		    spec:
		      containers:
		      - name: one
		        image: localhost/box
		        imagePullPolicy: Never
		        command: [ sh, -c, "echo \$WORD; touch /host/seen; sleep 1000" ]
		        env:
		        - { name: PATH, value: /bin }
		        - name: WORD
		          valueFrom: { secretKeyRef: { name: hidden, key: word } }
		        livenessProbe:
		          exec: { command: [ test, -e, /host/alive ] }
		          periodSeconds: 1
		          failureThreshold: 1
		        volumeMounts:
		        - { name: host, mountPath: /host }
		        - { name: hidden, mountPath: /hidden }
		      volumes:
		      - { name: host, hostPath: { path: $T, type: Directory } }
		      - { name: hidden, secret: { secretName: hidden } }
	END
}

restarted() { # NAME PID
	[ "$(told "$1" .State.Pid)" != "$2" ] && told_is "$1" .State.Status running
}

@test "play kube: a Deployment with a Secret, a directory of the host and a probe" {
	local conf one pid
	needs_podman 4.4
	conf=$(infra)
	make none && pod pod rm -f none
	deployment "$T/web.yaml"
	touch "$T/alive"
	exits 0 pod play kube --network none "$T/web.yaml"
	one=$(pod ps --format '{{.Names}}' | grep one)
	until_true 20 said "$one" sesame
	[ -e "$T/seen" ]
	is "$(pod exec "$one" cat /hidden/word)" sesame
	is "$(pod healthcheck run "$one")" ''
	pid=$(told "$one" .State.Pid)
	rm "$T/alive"
	until_true 60 restarted "$one" "$pid"
	touch "$T/alive"
	exits 0 pod play kube --down "$T/web.yaml"
	is "$(pod ps -aq)" ''
	pod volume prune -f
	# later ones remove what the file had
	! pod secret inspect hidden || pod secret rm hidden
	rm "$conf"
}
