/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one table of settings. Everything comes from it: struct settings, the strict loader, the
 * manual,
 * --help and the JSON schema. A new setting is a new row.
 *
 *     X(TYPE, member, "dotted.name", unit, low, high, default, help in English, help in Chinese)
 *
 * TYPE      in struct settings     in the file                       low..high count
 * STRING    const char *           text                              bytes
 * PATH      const char *           a path; a relative one starts     bytes
 *                                  at the settings file's folder
 * INTEGER   int64_t                3                                 the number
 * REAL      double                 0.5                               the number
 * BOOLEAN   bool                   true, false                       -
 * DURATION  int64_t, nanoseconds   15m, 900 s; 900 in the unit       the unit
 * BYTES     uint64_t               64 MiB, 1000                      bytes
 * CHOICE    unsigned, the index    one of the words of `unit`,       -
 *                                  which are separated by |
 * LIST      struct settings_list   a sequence of texts               items
 * RECORDS   settings_records       a sequence of mappings with the    items
 *                                  keys of `unit`, separated by |;
 *                                  a text alone is the first key's
 * ADDRESS   const char *           127.0.0.1:8443, [::1]:8443        -
 * TARGETS   struct settings_list   a sequence of udp://host:port     items
 *                                  or tcp://host:port
 * TIMEZONE  const char *           an IANA name, or +08:00           -
 *
 * The default is written as in the file; "" is the empty text, or for lists the empty list.
 */
#ifndef BASE_SETTINGS_TABLE_H
#define BASE_SETTINGS_TABLE_H

/* clang-format off */
#define SETTINGS_TABLE(X)                                                                                      \
    X(STRING, site_name, "site.name", "", 1, 128, "site",                                                      \
      "Name of this site, shown in the console and in reports", "站点名称，显示在控制台和报告中")                        \
    X(PATH, site_key_file, "site.key_file", "", 0, 4095, "",                                                   \
      "File with the site key, 64 hexadecimal digits, under which subjects are hashed",                        \
      "站点密钥文件（64 位十六进制），用于对数据主体做带密钥的哈希")                                                        \
    X(TIMEZONE, site_timezone, "site.timezone", "", 0, 0, "UTC",                                               \
      "Time zone of the site's working day: an IANA name such as Asia/Shanghai, or an offset such as +08:00",  \
      "站点工作日所用时区：IANA 名称（如 Asia/Shanghai）或偏移量（如 +08:00）")                                             \
    X(PATH, state_dir, "state_dir", "", 1, 4000, "/var/lib/dwell",                                             \
      "Folder of everything Dwell keeps", "Dwell 保存全部数据的目录")                                               \
    X(PATH, directory, "directory", "", 0, 4000, "",                                                           \
      "Folder with employees.csv, accounts.csv, assets.yaml and assignments.csv",                              \
      "存放 employees.csv、accounts.csv、assets.yaml 和 assignments.csv 的目录")                                  \
    X(STRING, sensor, "sensor", "", 1, 64, "local",                                                            \
      "Name of this collector among all of the site", "本采集器在站点内的名称")                                       \
    X(STRING, collector_interface, "collector.interface", "", 0, 15, "",                                       \
      "Network interface to capture from", "抓包所用的网络接口")                                                   \
    X(STRING, collector_filter, "collector.filter", "", 0, 4096, "",                                           \
      "Capture filter in pcap-filter(7) syntax; empty: everything",                                            \
      "抓包过滤表达式（pcap-filter(7) 语法），留空表示全部")                                                            \
    X(BYTES, collector_ring_bytes, "collector.ring_bytes", "bytes", 1048576, 4294967296, "64 MiB",             \
      "Size of the capture ring", "抓包环形缓冲区大小")                                                            \
    X(INTEGER, collector_snaplen, "collector.snaplen", "bytes", 64, 262144, "262144",                          \
      "Bytes captured of each packet", "每个数据包的抓取字节数")                                                      \
    X(BYTES, collector_memory_bytes, "collector.memory_bytes", "bytes", 16777216, 1099511627776, "512 MiB",    \
      "Memory for sessions and segments that wait; beyond it the quietest session is given up",                \
      "会话和等待重组的报文段可用的内存；超出时放弃最久未活动的会话")                                                                        \
    X(LIST, collector_ports, "collector.ports", "", 0, 64, "",                                                 \
      "Protocols of server ports, as 15432=postgresql, where the port is not the usual one",                   \
      "非常用端口上的协议，形如 15432=postgresql")                                                                         \
    X(RECORDS, collector_logs, "collector.logs", "path|format|zone|server", 0, 64, "",                         \
      "Log files to follow: path (may hold * ? [ ]; - is standard input), format (recognised where missing; "  \
      "journal for the export format of systemd), zone of times that name none, server (address:port) it is of", \
      "要跟踪的日志文件：path（可含 * ? [ ]；- 表示标准输入）、format（缺省时自动识别；journal 表示 systemd 导出格式）、zone（时间未带时区时所用时区）、server（日志所属服务器 地址:端口）") \
    X(LIST, collector_syslog_udp, "collector.syslog_udp", "", 0, 8, "",                                        \
      "Addresses and ports on which syslog is taken over UDP, as 0.0.0.0:514",                                 \
      "接收 UDP syslog 的地址和端口，如 0.0.0.0:514")                                                           \
    X(LIST, collector_syslog_tcp, "collector.syslog_tcp", "", 0, 8, "",                                        \
      "The same over TCP, with octet counting or line ends",                                                   \
      "接收 TCP syslog 的地址和端口（支持字节计数和换行分帧）")                                                    \
    X(LIST, collector_syslog_tls, "collector.syslog_tls", "", 0, 8, "",                                        \
      "The same over TLS; senders must show a certificate of collector.syslog_client_ca",                      \
      "接收 TLS syslog 的地址和端口；发送方须出示由 collector.syslog_client_ca 签发的证书")                         \
    X(PATH, collector_syslog_certificate, "collector.syslog_certificate", "", 0, 4095, "",                     \
      "Certificate chain of the syslog listener (PEM)", "syslog 接收端证书链（PEM）")                           \
    X(PATH, collector_syslog_private_key, "collector.syslog_private_key", "", 0, 4095, "",                     \
      "Private key of that certificate (PEM)", "该证书的私钥（PEM）")                                            \
    X(PATH, collector_syslog_client_ca, "collector.syslog_client_ca", "", 0, 4095, "",                         \
      "Authorities whose certificates senders may show (PEM)", "签发发送方证书的 CA（PEM）")                       \
    X(INTEGER, collector_syslog_connections, "collector.syslog_connections", "connections", 1, 4096, "256",    \
      "Syslog connections open at once, over TCP and TLS; further ones are refused and counted",               \
      "同时打开的 syslog 连接数（TCP 与 TLS 合计）；超出的被拒绝并计数")                                             \
    X(RECORDS, collector_syslog_routes, "collector.syslog_routes", "sender|tag|format|zone|server", 0, 64, "", \
      "Which log format a syslog message has, the first that fits: sender (address or address/bits), tag "     \
      "(may end in *), format, zone of times that name none, server (address:port) it is of",                  \
      "syslog 消息所用的日志格式（取第一条匹配的）：sender（地址或地址/位数）、tag（可以 * 结尾）、format、zone（时间未带时区时所用时区）、server（日志所属服务器 地址:端口）") \
    X(BYTES, collector_spool_max_bytes, "collector.spool_max_bytes", "bytes", 1048576, 1099511627776, "4 GiB", \
      "Largest size of the spool", "缓存队列的最大容量")                                                            \
    X(CHOICE, collector_spool_policy, "collector.spool_policy", "drop_new|wait", 0, 0, "drop_new",             \
      "What happens when the spool is full: new events are dropped and counted, or reading waits",             \
      "缓存队列已满时的处理：丢弃并计数新事件，或暂停读取")                                                              \
    X(STRING, collector_user, "collector.user", "", 0, 32, "",                                                 \
      "User the collector becomes after start when started by root", "以 root 启动时，采集器启动后切换到的用户")          \
    X(DURATION, analyzer_idle_limit, "analyzer.idle_limit", "s", 1, 86400, "900 s",                            \
      "A view of a record counts at most this long", "单次查看一条记录的最长计时")                                     \
    X(DURATION, analyzer_close_grace, "analyzer.close_grace", "s", 0, 86400, "1h",                             \
      "How long after midnight a day waits for late events before it is closed and learnt",                    \
      "午夜后等待迟到事件的时间，之后当日结束并被学习")                                                                   \
    X(DURATION, analyzer_rescore, "analyzer.rescore", "s", 1, 86400, "15m",                                    \
      "How often the running day is scored anew", "当日评分的刷新间隔")                                              \
    X(STRING, analyzer_user, "analyzer.user", "", 0, 32, "",                                                   \
      "User the analyzer becomes after start when started by root", "以 root 启动时，分析器启动后切换到的用户")           \
    X(REAL, analyzer_alert_budget, "analyzer.alert_budget", "alerts a day", 0, 1000, "0.5",                    \
      "Alerts a day that may be false, on average, over the whole site", "全站平均每天可接受的误报数")                  \
    X(INTEGER, analyzer_day_records, "analyzer.day_records", "days", 1, 56, "14",                              \
      "How long a closed day can be scored and learnt again (verdicts, late events, backtest)",                \
      "已结算日可重新评分与学习的天数（裁定、迟到事件、回测）")                                                \
    X(CHOICE, analyzer_model, "analyzer.model", "extended|specification", 0, 0, "extended",                    \
      "Sub-models and corrections beyond the specification, or the specification's own numbers",               \
      "扩展模型（规范之外的子模型与修正），或仅按规范计算")                                                                          \
    X(INTEGER, analyzer_retention_days, "analyzer.retention_days", "days", 180, 36500, "180",                  \
      "Days for which events are kept; at least the legal 180", "事件保留天数，不少于法定的 180 天")                    \
    X(STRING, coverage_canary, "coverage.canary", "", 0, 100, "",                                              \
      "Mark of the harmless statement or page that each asset is asked regularly; empty: none",               \
      "定期对各资产执行的无害探测语句或页面的标记，留空表示不用")                                                                     \
    X(DURATION, coverage_canary_interval, "coverage.canary_interval", "s", 10, 86400, "10m",                   \
      "How often the canary is expected; twice as long without one alarms",                                    \
      "探测语句的预期间隔；超过两倍时间未见则告警")                                                                            \
    X(ADDRESS, web_listen, "web.listen", "", 0, 0, "127.0.0.1:8443",                                           \
      "Address and port of the console", "控制台的监听地址和端口")                                                   \
    X(PATH, web_certificate, "web.certificate", "", 0, 4095, "",                                               \
      "Certificate chain of the console (PEM); empty: one is made", "控制台证书链（PEM），留空则自动生成")               \
    X(PATH, web_private_key, "web.private_key", "", 0, 4095, "",                                               \
      "Private key of the certificate (PEM)", "证书私钥（PEM）")                                                   \
    X(LIST, web_hosts, "web.hosts", "", 0, 12, "",                                                             \
      "Names under which browsers reach the console, besides its own address",                                 \
      "浏览器访问控制台所用的主机名（除监听地址外）")                                                                   \
    X(INTEGER, web_threads, "web.threads", "threads", 1, 64, "2",                                              \
      "Threads that serve the console", "控制台服务线程数")                                                        \
    X(DURATION, web_session_idle, "web.session_idle", "s", 60, 86400, "30m",                                   \
      "A sign-in ends after this long without a request", "无操作多久后自动退出登录")                                \
    X(DURATION, web_session_absolute, "web.session_absolute", "s", 300, 604800, "12h",                         \
      "A sign-in ends after this long in any case", "登录的最长有效时间")                                          \
    X(STRING, web_user, "web.user", "", 0, 32, "",                                                             \
      "User the console becomes after start when started by root", "以 root 启动时，控制台启动后切换到的用户")          \
    X(TARGETS, forward_syslog, "forward.syslog", "", 0, 16, "",                                                \
      "Receivers of alerts: udp://host:port or tcp://host:port", "告警接收端：udp://主机:端口 或 tcp://主机:端口")      \
    X(CHOICE, forward_facility, "forward.facility",                                                            \
      "user|daemon|auth|authpriv|local0|local1|local2|local3|local4|local5|local6|local7", 0, 0, "local0",     \
      "Syslog facility of alerts", "告警的 syslog 设施")                                                          \
    X(CHOICE, forward_format, "forward.format", "cef", 0, 0, "cef",                                            \
      "Body of an alert", "告警正文格式")
/* clang-format on */

/* The keys of RECORDS rows, in their order. */
enum settings_log_key {
    SETTINGS_LOG_path,
    SETTINGS_LOG_format,
    SETTINGS_LOG_zone,
    SETTINGS_LOG_server
};
enum settings_route_key {
    SETTINGS_ROUTE_sender,
    SETTINGS_ROUTE_tag,
    SETTINGS_ROUTE_format,
    SETTINGS_ROUTE_zone,
    SETTINGS_ROUTE_server
};

/* The words of CHOICE rows, in their order. */
enum settings_spool_policy { SETTINGS_SPOOL_drop_new, SETTINGS_SPOOL_wait };

#endif
