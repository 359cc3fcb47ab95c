using KLog.Tests;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace KLog.Coordination.Tests;

/// <summary>A test of a contract: skipped, and counted so, in a class that is marked as one that needs Kafka's jars where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("KLog.Coordination.Tests.ContractFactDiscoverer", "KLog.Coordination.Tests")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>On a contract's class: its tests need Kafka's jars and java.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsKafkaAttribute : Attribute;

public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>Knows the class that a test of a base class runs in, which the attribute does not.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    [Obsolete("For the runner, which reads test cases from another process.")]
    public ContractTestCase()
    {
    }

    public ContractTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod testMethod)
        : base(diagnostics, display, options, testMethod)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsKafkaAttribute)).Any() ? KafkaFactAttribute.WhySkip(["java"]) : base.GetSkipReason(factAttribute);
}
