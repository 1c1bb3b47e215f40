#!/usr/bin/env python3.13
"""Put the words that the generator never uses into programs that it made.

    rewrite.py ORACLE < programs.jsonl > records.jsonl

ORACLE is the oracle's folder.  Records, which hold a program and its trace, are read too.  The result has CPython's
traces.  The words: `cond.acquire`, `cond.release`, `cond.locked`, `cell.set` and `if`.
"""

import copy
import json
import random
import sys

sys.path.insert(0, sys.argv[1])
from oracle import run_program  # noqa: E402


class Rewriting:
    def __init__(self, program):
        self.random = random.Random(program["id"])
        self.objects = program["objects"]
        if self.named("cell") is None:
            self.objects["cell"] = {"kind": "cell", "value": 1}
        self.next_id = 1 + max(ids(program), default=0)
        self.changed = 0

    def statement(self, op, **fields):
        self.next_id += 1
        self.changed += 1
        return {"op": op, "id": self.next_id, **fields}

    def named(self, kind):
        names = [name for name, made in self.objects.items() if made["kind"] == kind]
        return self.random.choice(names) if names else None

    def block(self, statements, in_callback=False):
        """A list of statements, rewritten."""
        out = []
        for statement in statements:
            for key, value in statement.items():
                if key in ("body", "finally", "then", "else", "do"):
                    statement[key] = self.block(value, in_callback or key == "do")
                elif key == "handlers":
                    for handler in value:
                        handler["body"] = self.block(handler["body"], in_callback)
            out += self.rewritten(statement, in_callback)
        return out

    def rewritten(self, statement, in_callback):
        chance = self.random.random()
        cell = self.named("cell")
        condition = self.named("condition")
        if statement["op"] == "cond.with" and chance < 0.7:
            name = statement["obj"]
            release = self.statement("cond.release", obj=name)
            yield self.statement("cond.acquire", obj=name)
            yield self.statement("try", body=statement["body"], handlers=[], **{"finally": [release]})
        elif statement["op"] == "cell.add" and chance < 0.4:
            yield self.statement("cell.set", obj=statement["obj"], value=self.random.randint(0, 4))
        elif not in_callback and chance < 0.15:
            other = [self.statement("cell.set", obj=cell, value=self.random.randint(0, 4))]
            orelse = {"else": other} if self.random.random() < 0.6 else {}
            yield self.statement("if", cell=cell, ge=self.random.randint(0, 3), then=[statement], **orelse)
        else:
            yield statement
        if condition and self.random.random() < 0.1:
            yield self.statement("cond.locked", obj=condition)
        if condition and self.random.random() < 0.02:
            yield self.statement("cond.release", obj=condition)


def ids(element):
    if isinstance(element, list):
        for item in element:
            yield from ids(item)
    elif isinstance(element, dict):
        if "op" in element:
            yield element["id"]
        for item in element.values():
            yield from ids(item)


def main():
    sys.unraisablehook = lambda _info: None
    for line in sys.stdin:
        record = json.loads(line)
        program = record.get("program", record)
        rewriting = Rewriting(program)
        program["main"] = rewriting.block(program["main"])
        for function in program["funcs"].values():
            function["body"] = rewriting.block(function["body"])
        if not rewriting.changed:
            continue

        program["id"] = f"rewritten-{program['id']}"
        result = run_program(copy.deepcopy(program))
        if result.invalid is None:
            print(json.dumps({"program": program, "trace": result.trace}, separators=(",", ":")))


if __name__ == "__main__":
    main()
