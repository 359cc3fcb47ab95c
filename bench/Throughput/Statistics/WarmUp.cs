namespace KLog.Bench.Throughput.Statistics;

/// <summary>
/// ◆ Whether a broker is warm: its figure has not risen by 5 % over the best so far in two rounds running. The first
/// round only sets the mark, and four are the least: a compiler's work comes in steps, with level ground between them.
/// </summary>
internal sealed class WarmUp
{
    private const double RiseMin = 1.05;
    private const int SteadyRounds = 2;
    private const int RoundsMin = 4;
    private int _rounds;
    private double _best;
    private int _steady;

    internal bool IsWarm => _rounds >= RoundsMin && _steady >= SteadyRounds;

    /// <param name="figure">Higher is better.</param>
    internal void Add(double figure)
    {
        _rounds++;
        _steady = _best > 0 && figure < _best * RiseMin ? _steady + 1 : 0;
        _best = Math.Max(_best, figure);
    }
}
