using System.Globalization;
using System.Net;
using System.Text;

namespace KLog.Bench.Throughput.Report;

/// <summary>◆ Writes SVG elements whose text is escaped and whose numbers are not those of somebody's language.</summary>
internal sealed class Svg
{
    private readonly StringBuilder _text = new();

    internal Svg(double width, double height, string label) =>
        _text.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {width:0.#} {height:0.#}\" role=\"img\" aria-label=\"{Escape(label)}\">");

    /// <summary>Escapes text for HTML and SVG, attributes included.</summary>
    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <param name="style">CSS classes.</param>
    /// <param name="tip">Shown under the pointer; may be empty.</param>
    internal void Bar(double x, double y, double width, double height, string style, string tip) =>
        _text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{Math.Max(width, 1):0.#}\" height=\"{height:0.#}\" rx=\"2\" class=\"{style}\"><title>{Escape(tip)}</title></rect>");

    internal void Line(double x1, double y1, double x2, double y2, string style) =>
        _text.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" class=\"{style}\"/>");

    internal void Dot(double x, double y, double radius, string style, string tip) =>
        _text.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\" class=\"{style}\"><title>{Escape(tip)}</title></circle>");

    /// <param name="anchor">start, middle or end.</param>
    internal void Text(double x, double y, string text, string style = "", string anchor = "start") =>
        _text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" class=\"{style}\">{Escape(text)}</text>");

    internal void Path(IEnumerable<(double X, double Y)> points, string style, string tip)
    {
        string path = string.Join('L', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#} {p.Y:0.#}")));
        _text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{path}\" class=\"{style}\"><title>{Escape(tip)}</title></path>");
    }

    public override string ToString() => _text + "</svg>";
}
