#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cri_stream.py URL [WIDTHxHEIGHT]: the engine's streams of exec or attach

The URL is what the calls Exec and Attach answer with, spoken to as a web socket with the
protocol v4.channel.k8s.io: stdin goes there, stdout and stderr come from there, the
terminal gets its size if one is given. The exit status is the command's; 255 when the
engine tells an error, which is printed.

cri_stream.py --forward URL sends stdin to the port of a pod, and prints what comes back
until stdin is at its end and the other side is silent, or closes.
"""
import base64
import json
import os
import socket
import struct
import sys
import threading
import urllib.parse

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
BINARY, CLOSE, PING, PONG = 2, 8, 9, 10


class Streams:
    """A web socket with numbered channels"""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), 60)
        self.lock = threading.Lock()
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall('\r\n'.join((
            f'GET {parts.path}?{parts.query} HTTP/1.1', f'Host: {parts.netloc}',
            'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
            f'Sec-WebSocket-Key: {key}',
            'Sec-WebSocket-Protocol: v4.channel.k8s.io', '', '')).encode())
        self.file = self.socket.makefile('rb')
        status = self.file.readline().decode()
        while self.file.readline().strip():
            pass
        if ' 101 ' not in status:
            sys.exit('not a web socket: ' + status.strip())

    def frame(self, kind, data):
        """Send one frame; a client masks what it sends"""
        mask = os.urandom(4)
        size = len(data)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([0x80 | size])
        else:
            head += struct.pack('>BH', 0x80 | 126, size)
        body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
        with self.lock:
            self.socket.sendall(head + mask + body)

    def send(self, channel, data):
        """Send to a channel"""
        self.frame(BINARY, bytes([channel]) + data)

    def messages(self):
        """What comes, as pairs of a channel and bytes, until the other side closes"""
        while True:
            head = self.file.read(2)
            if len(head) < 2:
                return
            size = head[1] & 0x7f
            if size == 126:
                size, = struct.unpack('>H', self.file.read(2))
            elif size == 127:
                size, = struct.unpack('>Q', self.file.read(8))
            data = self.file.read(size)
            kind = head[0] & 0x0f
            if kind == CLOSE:
                return
            if kind == PING:
                self.frame(PONG, data)
            elif kind != PONG and data:
                yield data[0], data[1:]


def feed(streams, channel):
    """Send all of stdin"""
    while True:
        data = os.read(0, 1024)
        if not data:
            return
        try:
            streams.send(channel, data)
        except OSError:
            return


def status_of(text):
    """The exit status that the engine's last message tells"""
    told = json.loads(text)
    if told['status'] == 'Success':
        return 0
    for cause in told.get('details', {}).get('causes', []):
        if cause.get('reason') == 'ExitCode':
            return int(cause['message'])
    sys.stderr.write(told.get('message', '') + '\n')
    return 255


def forward(url):
    """To the port, and back"""
    streams = Streams(url)
    threading.Thread(target=feed, args=(streams, 0), daemon=True).start()
    seen = set()
    for channel, data in streams.messages():
        if channel not in seen:
            # each begins with the port's number
            seen.add(channel)
            data = data[2:]
        out = sys.stdout if channel == 0 else sys.stderr
        out.buffer.write(data)
        out.buffer.flush()
    return 0


def main(url, size=None):
    """Stream"""
    streams = Streams(url)
    if size:
        width, height = size.split('x')
        streams.send(RESIZE, json.dumps(
            {'Width': int(width), 'Height': int(height)}).encode())
    threading.Thread(target=feed, args=(streams, STDIN), daemon=True).start()
    status = 0
    for channel, data in streams.messages():
        if channel == ERROR:
            status = status_of(data)
        elif channel in (STDOUT, STDERR):
            out = sys.stdout if channel == STDOUT else sys.stderr
            out.buffer.write(data)
            out.buffer.flush()
    return status


if sys.argv[1] == '--forward':
    sys.exit(forward(sys.argv[2]))
sys.exit(main(*sys.argv[1:]))
