using System.Diagnostics;
using System.Globalization;
using LvsAdmin.Core.Fleet;

namespace LvsAdmin.Tests.Rollouts;

/// <summary>Whose hold it is: one of a roll-out that is at work is left alone, one of a roll-out that was killed is not.</summary>
public sealed class RolloutOwnerTests
{
    private static readonly string Person = $"root@{Environment.MachineName}";

    [Fact]
    public void A_roll_out_is_at_work_until_it_ends_and_for_itself_never()
    {
        string first = RolloutOwner.New(Person);
        string second = RolloutOwner.New(Person);
        try
        {
            Assert.True(RolloutOwner.IsAtWork(first, second));
            Assert.False(RolloutOwner.IsAtWork(first, first));
            Assert.False(RolloutOwner.IsAtWork(RolloutOwner.PersonOf(first), second));
            Assert.Equal(Person, RolloutOwner.PersonOf(first));
        }
        finally
        {
            RolloutOwner.End(first);
            RolloutOwner.End(second);
        }

        Assert.False(RolloutOwner.IsAtWork(first, second));
    }

    [Fact]
    public void Of_another_process_its_being_alive_tells_and_of_another_machine_nothing_does()
    {
        using Process other = Process.Start("sleep", "30");
        string owner = string.Create(CultureInfo.InvariantCulture, $"{Person} (roll-out {other.Id}.1)");

        Assert.True(RolloutOwner.IsAtWork(owner, Person));
        other.Kill();
        other.WaitForExit();
        Assert.False(RolloutOwner.IsAtWork(owner, Person));
        Assert.True(RolloutOwner.IsAtWork("root@elsewhere.invalid (roll-out 1.1)", Person));
        Assert.False(RolloutOwner.IsAtWork($"{Person} (roll-out x.1)", Person));
    }
}
