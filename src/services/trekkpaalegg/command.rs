//! `trekk`: makes, changes and ends orders in a running sandbox.

use std::process::ExitCode;

use clap::{Args, Command, FromArgMatches};
use http::Method;
use serde_json::{Map, Number, Value};

use crate::config::Flags;
use crate::interface::Subcommand;
use crate::terminal::{Client, print_answer};

/// `trekk`.
pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    command: || {
        TrekkArgs::augment_args(Command::new("trekk")).about("Make, change and end trekkpålegg in a running sandbox")
    },
    run: |matches, flags| {
        TrekkArgs::from_arg_matches(matches).map_or_else(|error| error.exit(), |args| run(&args, flags))
    },
};

#[derive(Args)]
struct TrekkArgs {
    #[command(subcommand)]
    command: TrekkCommand,
    /// Session whose orders change; the default session if left out
    #[arg(long, global = true, value_name = "NAME")]
    session: Option<String>,
}

#[derive(clap::Subcommand)]
enum TrekkCommand {
    /// Set how much is deducted from a day on; make a new order if there is none
    #[command(group = clap::ArgGroup::new("size").required(true))]
    Set {
        #[command(flatten)]
        order: Order,
        /// Per cent of gross pay
        #[arg(long, value_name = "NUMBER", group = "size", value_parser = number)]
        percent: Option<Number>,
        /// Kroner a month
        #[arg(long, value_name = "KRONER", group = "size", value_parser = number)]
        amount: Option<Number>,
        /// First day: a date, or a shift of the clock's day like +1d or +1mo; tomorrow if left out
        #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
        from: Option<String>,
        /// Last day; open-ended if left out
        #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
        until: Option<String>,
    },
    /// End an order
    Stop {
        #[command(flatten)]
        order: Order,
        /// Its last day: a date, or a shift of the clock's day; today if left out
        #[arg(long, default_value = "+0d", value_name = "DAY", allow_hyphen_values = true)]
        on: String,
    },
    /// Print the versions that were made at run time in this session
    List,
    /// Forget all versions that were made at run time in this session
    Forget,
}

/// The employer, and which of its orders.
#[derive(Args)]
struct Order {
    /// The employer; the scenarios' default employer if left out
    #[arg(long, value_name = "ORGNR")]
    employer: Option<String>,
    /// The debtor whose active order it is
    #[arg(long, value_name = "NUMBER", conflicts_with = "order")]
    debtor: Option<String>,
    /// The order, by its trekkid
    #[arg(long, value_name = "TREKKID")]
    order: Option<String>,
}

fn number(text: &str) -> Result<Number, String> {
    text.parse().map_err(|_| "not a number; write it like 19 or 12.5".to_owned())
}

const PATH: &str = "/sandbox/trekkpaalegg";

fn run(args: &TrekkArgs, flags: &Flags) -> ExitCode {
    let client = Client::new(flags, args.session.as_deref());
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let answer = match &args.command {
        TrekkCommand::Set { order, percent, amount, from, until } => {
            let more = [
                ("prosent", percent.clone().map(Value::from)),
                ("beloep", amount.clone().map(Value::from)),
                ("fra", text(from)),
                ("til", text(until)),
            ];
            client.json(Method::POST, PATH, Some(&document(order, more)))
        }
        TrekkCommand::Stop { order, on } => {
            client.json(Method::POST, PATH, Some(&document(order, [("stopp", Some(on.clone().into()))])))
        }
        TrekkCommand::List => client.json(Method::GET, PATH, None),
        TrekkCommand::Forget => client.json(Method::DELETE, PATH, None),
    };
    print_answer(answer)
}

fn document<const N: usize>(order: &Order, more: [(&str, Option<Value>); N]) -> Value {
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let which =
        [("trekkpliktig", text(&order.employer)), ("skyldner", text(&order.debtor)), ("trekkid", text(&order.order))];
    let given = which.into_iter().chain(more).filter_map(|(key, value)| Some((key.to_owned(), value?)));
    given.collect::<Map<_, _>>().into()
}
