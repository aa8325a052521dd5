#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""validate.py SCHEMA FILE: whether a JSON document keeps to a schema of this directory.

Exit status 0: it does; 1: it does not, and each mistake is told with its place; 77: the
module jsonschema is not there.
"""
import json
import pathlib
import sys
import warnings

try:
    import jsonschema
except ImportError:
    print("the Python module jsonschema is not installed")
    sys.exit(77)

warnings.simplefilter("ignore", DeprecationWarning)
here = pathlib.Path(__file__).resolve().parent
store = {path.as_uri(): json.loads(path.read_text()) for path in here.glob("*.json")}
main = (here / sys.argv[1]).as_uri()
resolver = jsonschema.RefResolver(main, store[main], store=store)
with open(sys.argv[2], encoding="utf-8") as file:
    document = json.load(file)
mistakes = list(
    jsonschema.Draft4Validator(store[main], resolver=resolver).iter_errors(document)
)
for mistake in mistakes:
    print("/" + "/".join(map(str, mistake.path)) + ": " + mistake.message)
sys.exit(1 if mistakes else 0)
