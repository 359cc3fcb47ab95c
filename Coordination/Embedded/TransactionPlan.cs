using System.Globalization;

namespace KLog.Coordination.Embedded;

/// <summary>
/// ◆ Checks the operations of one transaction, each on the state that the ones before it leave, and turns them into
/// changes. The first that may not happen throws <see cref="TreeException"/>, and the plan is thrown away.
/// The order of the checks is ZooKeeper's.
/// </summary>
internal sealed class TransactionPlan(TreeState state, long timeMs, long sessionId)
{
    private readonly List<TreeChange> _changes = [];
    private readonly List<OperationResult> _results = [];
    private readonly long _zxid = state.Zxid + 1;

    public TreeState State { get; private set; } = state;

    public IReadOnlyList<OperationResult> Results => _results;

    public bool ChangesNothing => _changes.Count == 0;

    public TreeTransaction Transaction => new(_zxid, timeMs, _changes);

    /// <summary>Plans all, and leaves <see cref="State"/> at the zxid of the transaction if there is anything to change.</summary>
    public void Add(IReadOnlyList<TreeOperation> operations, bool multi)
    {
        for (int i = 0; i < operations.Count; i++)
        {
            _results.Add(Plan(operations[i], multi ? i : -1));
        }

        State = ChangesNothing ? State : State with { Zxid = _zxid };
    }

    private OperationResult Plan(TreeOperation operation, int place) => operation switch
    {
        TreeOperation.Create create => PlanCreate(create, place),
        TreeOperation.SetData set => PlanSet(set, place),
        TreeOperation.Delete delete => PlanDelete(delete, place),
        TreeOperation.Check check => PlanCheck(check, place),
        _ => throw new TreeException(TreeError.Unimplemented, operation.Path, place),
    };

    private OperationResult PlanCreate(TreeOperation.Create create, int place)
    {
        bool sequential = create.Mode.HasFlag(CreateMode.Sequential);
        NodePath.Validate(create.Path, sequential);
        if (create.Path == "/" && !sequential)
        {
            throw new TreeException(TreeError.NodeExists, create.Path, place);
        }

        TreeNode parent = Existing(NodePath.Parent(create.Path), create.Path, place);
        string path = sequential
            ? create.Path + parent.ChildrenMade.ToString("D10", CultureInfo.InvariantCulture)
            : create.Path;
        if (State.Find(path) is not null)
        {
            throw new TreeException(TreeError.NodeExists, path, place);
        }

        if (parent.EphemeralOwner != 0)
        {
            throw new TreeException(TreeError.NoChildrenForEphemerals, path, place);
        }

        Change(new TreeChange(ChangeKind.Create, path, create.Data.ToArray(), create.Mode.HasFlag(CreateMode.Ephemeral) ? sessionId : 0));
        return new OperationResult(path, State.Find(path)!.Stat);
    }

    private OperationResult PlanSet(TreeOperation.SetData set, int place)
    {
        NodePath.Validate(set.Path);
        CheckVersion(Existing(set.Path, set.Path, place), set.Path, set.ExpectedVersion, place);
        Change(new TreeChange(ChangeKind.SetData, set.Path, set.Data.ToArray(), 0));
        return new OperationResult(null, State.Find(set.Path)!.Stat);
    }

    private OperationResult PlanDelete(TreeOperation.Delete delete, int place)
    {
        NodePath.Validate(delete.Path);
        if (delete.Path == "/")
        {
            throw new TreeException(TreeError.BadArguments, delete.Path, place);
        }

        TreeNode node = Existing(delete.Path, delete.Path, place);
        CheckVersion(node, delete.Path, delete.ExpectedVersion, place);
        if (!node.Children.IsEmpty)
        {
            throw new TreeException(TreeError.NotEmpty, delete.Path, place);
        }

        Change(new TreeChange(ChangeKind.Delete, delete.Path, default, 0));
        return default;
    }

    private OperationResult PlanCheck(TreeOperation.Check check, int place)
    {
        NodePath.Validate(check.Path);
        CheckVersion(Existing(check.Path, check.Path, place), check.Path, check.ExpectedVersion, place);
        return default;
    }

    private TreeNode Existing(string path, string asked, int place) =>
        State.Find(path) ?? throw new TreeException(TreeError.NoNode, asked, place);

    private static void CheckVersion(TreeNode node, string path, int expected, int place)
    {
        if (expected != -1 && expected != node.Version)
        {
            throw new TreeException(TreeError.BadVersion, path, place, $"the version is {node.Version}, not {expected}");
        }
    }

    private void Change(TreeChange change)
    {
        State = State.After(change, _zxid, timeMs);
        _changes.Add(change);
    }
}
