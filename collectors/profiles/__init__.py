"""Device profiles: which OIDs of a family of devices become which of our metrics. The files: collectors/devices/*.yaml.

    id: acme-ups                                 # the file's name
    vendor: Acme
    kind: ups                                    # what such a device is: ups, sensor, pdu, cooling, or machine_room
                                                 # for a family of these; switch, host, camera; none: any
    match:                                       # sysObjectID; the longest that fits wins, dots are boundaries
      - 1.3.6.1.4.1.99999.1
      - {oid: 1.3.6.1.4.1.8072.3.2.10, descr: "^Acme"}   # a regex on sysDescr, for vendors that share an OID
      - {oid: 1.3.6.1.4.1.8072, has: 1.3.6.1.4.1.99999.1.1.0}   # an object that the device must have
    extends: [acme-common]                       # its entries come after this file's own
    without: [entity-sensor]                     # standard profiles that say wrong or double things here
    model: 1.3.6.1.4.1.99999.1.1.0               # acmeModel; or {oid, pattern: "model (\\S+)"}; or a list: the first
    columns:                                     # named, for labels and conditions
      name: 1.3.6.1.4.1.99999.2.1.2              # acmeSensorName
      type: 1.3.6.1.4.1.99999.2.1.3              # acmeSensorType: 1 temperature, 2 humidity
      card: {oid: 1.3.6.1.4.1.99999.3.1.2, key: "1"}   # by the first part of the row's index; `by: NAME`: by the value
    read:                                        # of that column; `pattern`: the part of the text that counts
      - {metric: ups_battery_charge_ratio, oid: 1.3.6.1.4.1.99999.1.2.0, unit: percent}
      - {metric: ups_input_volts, oid: 1.3.6.1.4.1.99999.4.1.2, unit: 0.1 volts, label: "{index}", unknown: [65535]}
      - {metric: device_temperature_celsius, oid: 1.3.6.1.4.1.99999.2.1.4, unit: 0.1 celsius, where: {type: 1},
         label: "{card} {name}", limit: 1.3.6.1.4.1.99999.2.1.5}  # limit: gives device_temperature_margin_celsius
      - {metric: device_memory_usage_ratio, used: 1.3.6.1.4.1.99999.5.1.0,
         total: 1.3.6.1.4.1.99999.5.2.0, label: memory}  # or two others of used, free, total
      - metric: device_fan_up
        oid: 1.3.6.1.4.1.99999.2.1.6
        states: {1: [ok, 1], 2: [failed, 0]}     # raw: [the MIB's word, our value]; what is not listed gives no sample
      - metric: room_contact_active
        oid: 1.3.6.1.4.1.99999.7.1.3
        states: {0: [normal, 0], 1: [alarm, 1], 2: [cut, open], 9: [unplugged, absent]}  # or a fault: see below
        measures: {type: {1: water, 2: smoke, 3: door}}   # what the device says that it watches for; or one word

An OID that ends in .0 is one value, any other a column. `oid` may be a list: the first that has a value; `fallback:
true` makes an entry count only where the file has not given the same metric and label yet (finer readings first).
`unit` is the raw unit (units.py) with an optional factor; `digits: NAME` divides by ten to the value of that column,
`si: NAME` reads it as RFC 3433's EntitySensorDataScale; `pattern` finds the number in a text. `where` and `unless`: by
named column (or `index`) a value, a list of them, or a /regex/. `label` fills the metric's free label (sensor, phase,
unit) from named columns, {index} and its parts {1}, {2}; without one it is {name} where there is such a column, else
{index}. Numbers sent as text are read; out of range and the usual words for nothing give no sample, values that mean it
on this device stand in `unknown`.

A contact or alarm input is `room_contact_active`: 1 in alarm, as the device judges it, whatever it watches for: water,
smoke, door, cooling (1 runs), cooling_alarm. `measures` says that where the MIB does; the room collector has the rest
from agent.yaml or the input's name. `bare: true`: the device tells only open and closed; 1 is closed, and what is the
alarm the site knows. Instead of a value a state may be a fault: open, short, impedance (broken in whatever way),
shielded (switched off), or absent: nothing is plugged in. The last two are faults only where something should be.
`faults` tells them by named columns, of whatever measures the room: `faults: {online: {2: [offline, absent]}}`.

The standard profiles (book.STANDARD) are tried on every device after its own, for the metrics that nothing before gave;
one with `always: true` adds to them. What a device lacks is asked again after a poll, a minute, two, and at last every
quarter of an hour; what it has shown once is always asked.
"""
