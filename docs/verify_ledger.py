"""校验导出的台账 / Verifies an exported ledger: python3 verify_ledger.py ledger.jsonl [HEAD NOTED EARLIER]"""

import hashlib, json, sys  # noqa: E401, I001

seq, prev, heads = 0, "0" * 64, {"0" * 64}
sys.excepthook = lambda _, error, __: print(f"第 {seq} 条记录不对 / record {seq} is bad: {error!r}", file=sys.stderr)  # noqa: T201
for seq, line in enumerate(open(sys.argv[1], "rb"), 1):  # noqa: SIM115
    record = json.loads(line.decode(), object_pairs_hook=lambda pairs: len(dict(pairs)) == len(pairs) and dict(pairs))
    said, plain = record.pop("hash"), json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if (record["seq"], record["prev"], said) != (seq, prev, hashlib.sha256(plain.encode()).hexdigest()):
        raise ValueError("not what its hash says, or not in its place")
    heads.add(prev := said)
print(seq, prev) if {*sys.argv[2:]} <= heads else sys.exit("已被截断 / cut off: the head is not in it")  # noqa: T201
