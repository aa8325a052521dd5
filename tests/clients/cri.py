#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cri.py ENGINE.sock SOCKET: Kubernetes' container runtime interface, for shell scripts

It listens on SOCKET, and passes calls on to the engine until it is ended. A caller writes
one line, the name of a call and its request as JSON, and gets `ok` or the name of an
error in one line, and below it the response as JSON or the error's words:

    $ echo 'Version {}' | socat -t 60 - UNIX-CONNECT:SOCKET
    ok
    {"version": "0.1.0", "runtime_name": "containerd", ...

Messages and fields are those of cri.proto.
"""
import json
import os
import socketserver
import subprocess
import sys
import tempfile

import grpc
from google.protobuf import (descriptor_pb2, descriptor_pool, json_format,
                             message_factory)

SERVICE = 'runtime.v1'


def messages():
    """The classes of cri.proto's messages, by name"""
    here = os.path.dirname(os.path.abspath(__file__))
    files = descriptor_pb2.FileDescriptorSet()
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(['protoc', '-I', here, '--descriptor_set_out=' + file.name,
                        here + '/cri.proto'], check=True)
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(files.file[0])
    factory = message_factory.MessageFactory(pool)
    return {message.name: factory.GetPrototype(pool.FindMessageTypeByName(
        SERVICE + '.' + message.name)) for message in files.file[0].message_type}


class Engine:
    """The engine's side"""

    def __init__(self, path):
        self.types = messages()
        self.channel = grpc.insecure_channel('unix://' + path)

    def call(self, name, request):
        """One call; its answer as two lines"""
        message = json_format.Parse(request, self.types[name + 'Request']())
        method = self.channel.unary_unary(
            f'/{SERVICE}.RuntimeService/{name}',
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=self.types[name + 'Response'].FromString)
        try:
            # the engine may be on its way up
            answer = method(message, timeout=300, wait_for_ready=True)
        except grpc.RpcError as error:
            return f'{error.code().name}\n{error.details()}\n'
        return 'ok\n' + json.dumps(json_format.MessageToDict(
            answer, preserving_proto_field_name=True,
            including_default_value_fields=True)) + '\n'


class Caller(socketserver.StreamRequestHandler):
    """One caller"""

    def handle(self):
        name, _, request = self.rfile.readline().decode().partition(' ')
        try:
            answer = self.server.engine.call(name, request)
        except (KeyError, json_format.ParseError) as error:
            answer = f'REQUEST\n{name}: {error!r}\n'
        self.wfile.write(answer.encode())


class Server(socketserver.ThreadingUnixStreamServer):
    """The callers' side"""
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, path, engine):
        self.engine = engine
        super().__init__(path, Caller)


def main(engine, path):
    """Serve"""
    with Server(path, Engine(engine)) as server:
        server.serve_forever()


main(*sys.argv[1:])
