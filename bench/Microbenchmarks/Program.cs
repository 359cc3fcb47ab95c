using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(KLog.Bench.Microbenchmarks.Crc32CBenchmarks).Assembly).Run(args);
