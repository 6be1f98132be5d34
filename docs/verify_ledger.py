"""校验导出的台账 / Verifies an exported ledger: python3 verify_ledger.py ledger.jsonl [HEAD NOTED EARLIER]"""

import hashlib, json, sys  # noqa: E401, I001

seq, prev, heads = 0, "0" * 64, {"0" * 64}
for seq, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):  # noqa: SIM115
    record = json.loads(line)
    said, plain = record.pop("hash"), json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if (record["seq"], record["prev"], said) != (seq, prev, hashlib.sha256(plain.encode()).hexdigest()):
        sys.exit(f"第 {seq} 条记录不对 / record {seq} is bad")
    heads.add(prev := said)
print(seq, prev) if {*sys.argv[2:]} <= heads else sys.exit("已被截断 / cut off: the head is not in it")  # noqa: T201
