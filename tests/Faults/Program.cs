using System.Globalization;
using KLog.Faults;

// crash --rounds N [--seed S]: kills a broker N times, and says what was lost. Exits 1 when something was.
int rounds = 20;
int seed = Random.Shared.Next();
for (int i = 0; i < args.Length; i += 2)
{
    if (i + 1 == args.Length || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out int value) || value < 0)
    {
        return Usage();
    }

    switch (args[i])
    {
        case "--rounds":
            rounds = value;
            break;
        case "--seed":
            seed = value;
            break;
        default:
            return Usage();
    }
}

Console.WriteLine($"{rounds} rounds with --seed {seed}");
try
{
    CrashTotals totals = await new CrashRun(seed, Console.WriteLine).RunAsync(rounds);
    Console.WriteLine(totals);
    return 0;
}
catch (BrokenPromiseException broken)
{
    Console.Error.WriteLine($"crash: {broken.Message}");
    return 1;
}

static int Usage()
{
    Console.Error.WriteLine("usage: crash [--rounds N] [--seed S]");
    return 2;
}
