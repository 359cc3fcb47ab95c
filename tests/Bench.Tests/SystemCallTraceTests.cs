using KLog.Bench.Throughput.Brokers;

namespace KLog.Bench.Tests;

public sealed class SystemCallTraceTests
{
    private static readonly string[] Lines =
    [
        "4711 sendfile(88, 45, [0] => [65536], 1048576) = 65536",
        "4711 sendfile(88, 45, [65536] <unfinished ...>",
        "4712 write(9, \"\"..., 100)            = 100",
        "4711 <... sendfile resumed> => [131072], 983040) = 4464",
        "4711 sendfile(88, 45, [131072], 917504) = -1 EAGAIN (Resource temporarily unavailable)",
        "4713 sendmsg(90, {msg_name=NULL, msg_iov=[{iov_base=\"\"..., iov_len=70}], msg_iovlen=1}, 0) = 70",
        "4713 --- SIGURG {si_signo=SIGURG} ---",
        "4711 +++ exited with 0 +++",
    ];

    [Theory]
    [InlineData("sendfile", 70_000)]
    [InlineData("write", 100)]
    [InlineData("sendmsg", 70)]
    [InlineData("sendto", 0)]
    public void Results_are_added_up_by_call(string call, long expected)
    {
        Assert.Equal(expected, SystemCallTrace.Sum(Lines, call));
    }
}
