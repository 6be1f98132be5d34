"""Metric names: what the common metrics are called on the page, and how their 0 and 1 are said."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.facts import SEGMENTS
from agent.core.text import Text

NAMES: Mapping[str, Text] = {
    "line_up": Text("线路", "line"),
    "line_probe_up": Text("探测", "probe"),
    "line_round_trip_seconds": Text("往返时间", "round trip"),
    "line_round_trip_p95_seconds": Text("往返时间(95% 不超过)", "round trip, 95th percentile"),
    "line_jitter_seconds": Text("抖动", "jitter"),
    "line_loss_ratio": Text("丢包", "loss"),
    "line_fault_segment": Text("判断坏在这一段", "judged broken here"),
    "device_up": Text("设备应答", "device answers"),
    "device_uptime_seconds": Text("已运行", "uptime"),
    "device_restarts_unapproved": Text("计划外重启", "unplanned restarts"),
    "device_cpu_usage_ratio": Text("CPU 使用率", "CPU"),
    "device_memory_usage_ratio": Text("内存使用率", "memory"),
    "device_temperature_celsius": Text("设备温度", "temperature"),
    "device_temperature_margin_celsius": Text("离温度上限", "margin to its limit"),
    "device_fan_up": Text("风扇", "fan"),
    "device_fan_speed_rpm": Text("风扇转速", "fan speed"),
    "device_power_supply_up": Text("电源", "power supply"),
    "device_voltage_volts": Text("电压", "voltage"),
    "device_current_amperes": Text("电流", "current"),
    "device_power_watts": Text("功率", "power"),
    "device_humidity_ratio": Text("湿度", "humidity"),
    "ups_output_source": Text("输出来自", "output comes from"),
    "ups_on_battery": Text("用电池供电", "on battery"),
    "ups_on_battery_seconds": Text("电池已供电", "on battery for"),
    "ups_alarms": Text("UPS 告警", "UPS alarms"),
    "ups_battery_charge_ratio": Text("电池电量", "battery charge"),
    "ups_battery_runtime_seconds": Text("电池还能撑", "battery lasts"),
    "ups_battery_low": Text("电池电量低", "battery low"),
    "ups_battery_health_ok": Text("电池健康", "battery health"),
    "ups_battery_volts": Text("电池电压", "battery voltage"),
    "ups_battery_temperature_celsius": Text("电池温度", "battery temperature"),
    "ups_load_ratio": Text("负载", "load"),
    "ups_phase_load_ratio": Text("各相负载", "load of the phase"),
    "ups_input_volts": Text("输入电压", "input voltage"),
    "ups_input_hertz": Text("输入频率", "input frequency"),
    "ups_input_deviations": Text("市电波动", "mains deviations"),
    "ups_output_volts": Text("输出电压", "output voltage"),
    "ups_output_amperes": Text("输出电流", "output current"),
    "ups_self_test_ok": Text("自检通过", "self-test passed"),
    "ups_self_test_timestamp_seconds": Text("上次自检", "last self-test"),
    "room_temperature_celsius": Text("机房温度", "room temperature"),
    "room_humidity_ratio": Text("机房湿度", "room humidity"),
    "room_dew_point_celsius": Text("露点", "dew point"),
    "room_condensation_margin_celsius": Text("离结露", "margin to condensation"),
    "room_water_leak": Text("漏水", "water leak"),
    "room_smoke": Text("烟雾", "smoke"),
    "room_door_open": Text("门", "door"),
    "room_cooling_up": Text("空调", "cooling"),
    "room_cooling_alarm": Text("空调告警", "cooling alarm"),
    "room_contact_active": Text("触点", "contact"),
    "room_sensor_fault": Text("传感器故障", "sensor fault"),
    "host_up": Text("主机应答", "host answers"),
    "host_cpu_usage_ratio": Text("CPU 使用率", "CPU"),
    "host_load1": Text("负载(1 分钟)", "load (1 min)"),
    "host_memory_usage_ratio": Text("内存使用率", "memory"),
    "host_swap_usage_ratio": Text("交换区使用率", "swap"),
    "host_filesystem_usage_ratio": Text("磁盘使用率", "disk"),
    "host_filesystem_inodes_usage_ratio": Text("文件数使用率", "inodes"),
    "host_filesystem_time_to_full_seconds": Text("照此速度写满还要", "time to full"),
    "host_boot_timestamp_seconds": Text("开机时间", "booted"),
    "application_up": Text("应用", "application"),
    "application_response_seconds": Text("响应时间", "response time"),
    "certificate_not_after_timestamp_seconds": Text("证书到期", "certificate expires"),
    "backup_last_success_timestamp_seconds": Text("上次成功备份", "last good backup"),
}
# How 0 and 1 are said; what is not here is yes or no.
WORKS = (Text("不通", "down"), Text("通", "up"))
SOUND = (Text("不正常", "not well"), Text("正常", "good"))
MEANINGS: Mapping[str, tuple[Text, Text]] = {
    "line_up": WORKS,
    "line_probe_up": WORKS,
    "device_up": WORKS,
    "host_up": WORKS,
    "application_up": WORKS,
    "device_fan_up": SOUND,
    "device_power_supply_up": SOUND,
    "room_cooling_up": SOUND,
    "ups_battery_health_ok": SOUND,
    "room_water_leak": (Text("没有", "none"), Text("有", "leaking")),
    "room_smoke": (Text("没有", "none"), Text("有", "smoke")),
    "room_door_open": (Text("关", "closed"), Text("开", "open")),
    "room_contact_active": (Text("未动作", "quiet"), Text("动作", "active")),
}
YES_OR_NO = (Text("否", "no"), Text("是", "yes"))
# Labels of info metrics, as keys beside their values.
LABELS: Mapping[str, Text] = {
    "vendor": Text("厂商", "Vendor"),
    "model": Text("型号", "Model"),
    "version": Text("版本", "Version"),
    "serial": Text("序列号", "Serial number"),
    "system": Text("系统", "System"),
}
# Values of labels, by the label's name.
VALUES: Mapping[str, Mapping[str, Text]] = {
    "layer": SEGMENTS,
    "segment": SEGMENTS,
    "phase": {"total": Text("总计", "total")},
    "source": {
        "mains": Text("市电", "mains"),
        "battery": Text("电池", "battery"),
        "bypass": Text("旁路", "bypass"),
        "none": Text("无输出", "none"),
        "other": Text("其他", "other"),
    },
    "tier": {
        "core": Text("核心", "core"),
        "aggregation": Text("汇聚", "aggregation"),
        "access": Text("接入", "access"),
        "firewall": Text("防火墙", "firewall"),
        "other": Text("其他", "other"),
    },
    "role": {
        "uplink": Text("上联口", "uplink"),
        "line": Text("专线口", "line"),
        "server": Text("服务器口", "server"),
        "terminal": Text("终端", "terminal"),
        "other": Text("其他", "other"),
    },
}
