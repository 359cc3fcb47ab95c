namespace KLog.Bench.Throughput.Report;

/// <summary>The page's style sheet. Series colours keep their order of lightness, so that they differ in grey too.</summary>
internal static class PageStyle
{
    internal const string Css = """
        :root { color-scheme: light dark;
          --page: #f7f7f5; --card: #fff; --ink: #1d1d1f; --soft: #63636b; --grid: #e4e4e0; --axis: #8d8d92; --whisker: #1d1d1f;
          --c0: #2563c9; --c1: #e08a3c; --c2: #4fae9d; --c3: #a45fb0; --c4: #7d8a99; --c5: #b3a125;
          --met: #1f8a4c; --missed: #c8352b; --allowed: #1f8a4c1f; }
        @media (prefers-color-scheme: dark) { :root {
          --page: #131316; --card: #1d1d21; --ink: #ececef; --soft: #a2a2ab; --grid: #34343b; --axis: #77777f; --whisker: #f4f4f6;
          --c0: #5b95f0; --c1: #d98a45; --c2: #4fae9d; --c3: #b97cc4; --c4: #8b98a8; --c5: #b8a83a;
          --met: #4cc07e; --missed: #f0726a; --allowed: #4cc07e24; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
        h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 12px; } h3 { font-size: 15px; margin: 0 0 8px; }
        p { margin: 0 0 12px; } .soft { color: var(--soft); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 16px 0 0; font-size: 14px; }
        dt { color: var(--soft); } dd { margin: 0; }
        .legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 20px 0 0; padding: 0; list-style: none; font-weight: 600; }
        .legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 7px; }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr)); gap: 16px; }
        .card { background: var(--card); border: 1px solid var(--grid); border-radius: 10px; padding: 16px 18px; min-width: 0; }
        .figure { font-size: 13px; color: var(--soft); margin: 10px 0 2px; display: flex; justify-content: space-between; gap: 12px; }
        .scroll { overflow-x: auto; } .scroll svg { min-width: 860px; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--ink); font-size: 12px; } svg .tick, svg .ratio { fill: var(--soft); }
        svg .ratio { font-weight: 600; } svg .value, svg .ratio, td { font-variant-numeric: tabular-nums; }
        .grid { stroke: var(--grid); } .axis { stroke: var(--axis); } .whisker { stroke: var(--whisker); stroke-width: 1.2; opacity: .75; }
        .bound { stroke: var(--met); stroke-width: 1.5; } .allowed { fill: var(--allowed); }
        .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
        .s0 { fill: var(--c0); } .s1 { fill: var(--c1); } .s2 { fill: var(--c2); } .s3 { fill: var(--c3); } .s4 { fill: var(--c4); } .s5 { fill: var(--c5); }
        .s0l { stroke: var(--c0); } .s1l { stroke: var(--c1); } .s2l { stroke: var(--c2); } .s3l { stroke: var(--c3); } .s4l { stroke: var(--c4); } .s5l { stroke: var(--c5); }
        i.s0 { background: var(--c0); } i.s1 { background: var(--c1); } i.s2 { background: var(--c2); } i.s3 { background: var(--c3); } i.s4 { background: var(--c4); } i.s5 { background: var(--c5); }
        circle.met { fill: var(--met); } circle.missed { fill: var(--missed); }
        svg .mettext, .met { fill: var(--met); color: var(--met); } svg .missedtext, .missed { fill: var(--missed); color: var(--missed); }
        table { border-collapse: collapse; width: 100%; font-size: 13px; } th, td { padding: 4px 10px; text-align: right; border-top: 1px solid var(--grid); white-space: nowrap; }
        th { color: var(--soft); font-weight: 500; border-top: 0; } th:first-child, td:first-child { text-align: left; }
        tr.head td { font-weight: 600; padding-top: 14px; text-align: left; } td small { color: var(--soft); }
        .failure { color: var(--missed); white-space: pre-wrap; }
        """;
}
