// The protocol that the oracle's compare.py speaks: a JSON program a line, a JSON answer a line.
using Tulip.Conformance.Commands;

namespace Tulip.Conformance.Tests;

public class InterpretTests
{
    [Fact]
    public void Programs_are_answered_in_order_a_line_each()
    {
        var answers = new StringWriter { NewLine = "\n" };
        InterpretCommand.Run(
            new StringReader("""
                {"id":"a","objects":{},"funcs":{},"main":[{"op":"log","id":1,"msg":"x\"y"}]}
                {"id":2,"main":[{"op":"levitate","id":1}]}
                """),
            answers);

        Assert.Equal(
            """
            {"id":"a","trace":["0 main > main","0 main log#1 =\"x\\\"y\"","0 main < =null","0 loop shutdown []","0 loop end"]}
            {"id":2,"error":"unsupported: levitate"}

            """,
            answers.ToString());
    }

    [Fact]
    public void A_kind_of_object_that_is_not_known_is_named()
        => Assert.Equal(
            """{"id":1,"error":"unsupported: teapot"}""",
            InterpretCommand.Answer("""{"id":1,"objects":{"t":{"kind":"teapot"}},"funcs":{},"main":[]}"""));

    [Fact]
    public void A_program_that_never_ends_is_stopped()
        => Assert.Equal(
            """{"id":1,"error":"limit: the program does not end"}""",
            InterpretCommand.Answer("""{"id":1,"main":[{"op":"loop","id":1,"n":1000000,"body":[{"op":"sleep","id":2,"ms":1}]}]}"""));

    [Fact]
    public void A_deadlock_is_traced_and_main_is_cancelled()
        => Assert.Equal(
            """{"id":1,"trace":["0 main > main","0 loop DEADLOCK [main]","0 loop shutdown [main]","0 main event.wait#1 !Cancelled","0 main < !Cancelled","0 loop final main cancelled","0 loop end"]}""",
            InterpretCommand.Answer("""{"id":1,"objects":{"e":{"kind":"event"}},"main":[{"op":"event.wait","id":1,"obj":"e"}]}"""));
}
