#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""layout.py ROOTFS.tar NAME OUT.tar [COMMAND...]: an image for `ctr image import`

Its layer is the tar as it is. The image runs the command, or `sh`, in `/`.
"""
import hashlib
import io
import json
import platform
import sys
import tarfile

MACHINES = {'x86_64': 'amd64', 'aarch64': 'arm64'}
OCI = 'application/vnd.oci.image.'


class Layout:
    """A layout that is written, blob by blob"""

    def __init__(self, out):
        self.tar = out

    def file(self, name, data):
        """One file of it"""
        member = tarfile.TarInfo(name)
        member.size = len(data)
        self.tar.addfile(member, io.BytesIO(data))

    def blob(self, kind, data):
        """A blob; its descriptor"""
        digest = hashlib.sha256(data).hexdigest()
        self.file('blobs/sha256/' + digest, data)
        return {'mediaType': OCI + kind, 'digest': 'sha256:' + digest,
                'size': len(data)}

    def json(self, kind, value):
        """A blob that is JSON; its descriptor"""
        return self.blob(kind, json.dumps(value).encode())


def main(rootfs, name, path, *command):
    """Read the root file system, write the layout"""
    with open(rootfs, 'rb') as file:
        data = file.read()
    machine = platform.machine()
    with tarfile.open(path, 'w') as out:
        layout = Layout(out)
        layer = layout.blob('layer.v1.tar', data)
        config = layout.json('config.v1+json', {
            'architecture': MACHINES.get(machine, machine), 'os': 'linux',
            'config': {'Cmd': command or ['sh'], 'Env': ['PATH=/usr/bin:/bin']},
            'rootfs': {'type': 'layers', 'diff_ids': [layer['digest']]}})
        manifest = layout.json('manifest.v1+json', {
            'schemaVersion': 2, 'mediaType': OCI + 'manifest.v1+json',
            'config': config, 'layers': [layer]})
        manifest['annotations'] = {'io.containerd.image.name': name,
                                   'org.opencontainers.image.ref.name': 'latest'}
        layout.file('oci-layout', b'{"imageLayoutVersion":"1.0.0"}')
        layout.file('index.json', json.dumps(
            {'schemaVersion': 2, 'manifests': [manifest]}).encode())


main(*sys.argv[1:])
