using KLog.Bench.Throughput;

return BenchCommand.Build().Parse(args).Invoke();
