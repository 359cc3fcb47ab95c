using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers;

/// <summary>
/// ApiVersions, versions 0 to 4: the requests that have been registered. From version 3 on the client names its software
/// (KIP-511), which must look like a name.
/// </summary>
internal sealed class ApiVersionsHandler(RequestDispatcher dispatcher)
{
    private readonly Lazy<ApiVersionsResponse.ApiVersion[]> _versions = new(() =>
    [
        .. dispatcher.Advertised.Select(each => new ApiVersionsResponse.ApiVersion
        {
            ApiKey = (short)each.Key,
            MinVersion = each.Versions.Min,
            MaxVersion = each.Versions.Max,
        }),
    ]);

    public ValueTask<ApiVersionsResponse> HandleAsync(ApiVersionsRequest request, RequestContext context)
    {
        bool isNamed = context.ApiVersion < 3
            || (IsSoftwareName(request.ClientSoftwareName) && IsSoftwareName(request.ClientSoftwareVersion));
        return new(new ApiVersionsResponse
        {
            ErrorCode = isNamed ? ErrorCode.None : ErrorCode.InvalidRequest,
            ApiKeys = isNamed ? _versions.Value : [],
        });
    }

    /// <summary>Letters, digits, dots and dashes; the first and the last a letter or a digit.</summary>
    private static bool IsSoftwareName(string name) =>
        name.Length > 0
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
}
