//! `sak`: moves and decides cases of a running sandbox, and shows their money.

use std::process::ExitCode;

use clap::{Args, Command, FromArgMatches};
use http::Method;
use serde_json::{Map, Number, Value};

use crate::config::Flags;
use crate::interface::Subcommand;
use crate::terminal::{Client, print_answer};

/// `sak`.
pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    command: || {
        SakArgs::augment_args(Command::new("sak"))
            .about("Move and decide cases of Utleggsbegjæring in a running sandbox")
    },
    run: |matches, flags| {
        SakArgs::from_arg_matches(matches).map_or_else(|error| error.exit(), |args| run(&args, flags))
    },
};

#[derive(Args)]
struct SakArgs {
    #[command(subcommand)]
    command: SakCommand,
    /// Session whose case it is; the default session if left out
    #[arg(long, global = true, value_name = "NAME")]
    session: Option<String>,
}

#[derive(clap::Subcommand)]
enum SakCommand {
    /// Print all cases
    List,
    /// Print a case with all that was sent
    Show {
        /// eksternSaksreferanse
        case: String,
    },
    /// The next step of the case happens now
    Advance {
        /// eksternSaksreferanse
        case: String,
    },
    /// Put a case into a state, like sakHevet
    Set {
        /// eksternSaksreferanse
        case: String,
        /// State
        state: String,
    },
    /// Decide a case now: a deduction from pay, unless something else is said
    #[command(group = clap::ArgGroup::new("outcome"))]
    Decide {
        /// eksternSaksreferanse
        case: String,
        /// How much is deducted: per cent of gross pay (19%), or kroner a month (3000)
        #[arg(long, value_name = "SIZE", group = "outcome")]
        trekk: Option<String>,
        /// There is nothing to seize
        #[arg(long, group = "outcome")]
        nothing: bool,
        /// A lien on this thing
        #[arg(long, value_name = "THING", group = "outcome")]
        lien: Option<String>,
        /// The employer; a synthetic one that follows from the debtor's number if left out
        #[arg(long, value_name = "ORGNR", conflicts_with_all = ["nothing", "lien"])]
        employer: Option<String>,
        /// Gross pay, kroner a month
        #[arg(long, value_name = "KRONER", conflicts_with_all = ["nothing", "lien"])]
        pay: Option<Number>,
        /// Day of the month on which pay is paid
        #[arg(long, value_name = "DAY", conflicts_with_all = ["nothing", "lien"])]
        payday: Option<u8>,
        /// Day of an earlier deduction for the same claims, for their priority in time
        #[arg(long, value_name = "DATE", conflicts_with_all = ["nothing", "lien"])]
        earlier: Option<String>,
        /// Child support that runs from now on, kroner a month
        #[arg(long, value_name = "KRONER")]
        child_support: Option<Number>,
    },
    /// Print what was deducted from the debtor's pay, and where it was placed
    Money {
        /// eksternSaksreferanse
        case: String,
    },
}

fn run(args: &SakArgs, flags: &Flags) -> ExitCode {
    let client = Client::new(flags, args.session.as_deref());
    let path = |case: &str, rest: &str| {
        let case: String = form_urlencoded::byte_serialize(case.as_bytes()).collect();
        format!("/sandbox/begjaeringer/{case}{rest}")
    };
    print_answer(match &args.command {
        SakCommand::List => client.json(Method::GET, "/sandbox/begjaeringer", None),
        SakCommand::Show { case } => client.json(Method::GET, &path(case, ""), None),
        SakCommand::Advance { case } => client.json(Method::POST, &path(case, "/videre"), None),
        SakCommand::Set { case, state } => {
            client.json(Method::POST, &path(case, "/status"), Some(&serde_json::json!({ "status": state })))
        }
        SakCommand::Money { case } => client.json(Method::GET, &path(case, "/oekonomi"), None),
        SakCommand::Decide { case, trekk, nothing, lien, employer, pay, payday, earlier, child_support } => {
            let size = match trekk.as_deref().map(size).transpose() {
                Ok(size) => size,
                Err(why) => return print_answer(Err(why)),
            };
            let outcome = if *nothing {
                "intetTilUtlegg"
            } else if lien.is_some() {
                "utleggspant"
            } else {
                "utleggstrekk"
            };
            let fields = [
                ("utfall", Some(outcome.into())),
                ("gjenstand", lien.clone().map(Value::from)),
                ("trekkpliktig", employer.clone().map(Value::from)),
                ("maanedsloenn", pay.clone().map(Value::from)),
                ("loennsdag", payday.map(Value::from)),
                ("tidligereTrekk", earlier.clone().map(Value::from)),
                ("loependeBidrag", child_support.clone().map(Value::from)),
            ];
            let given = fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
            let document: Map<String, Value> = given.chain(size).collect();
            client.json(Method::POST, &path(case, "/beslutning"), Some(&document.into()))
        }
    })
}

/// A percentage or an amount, as a field of the decision.
fn size(text: &str) -> Result<(String, Value), String> {
    let (name, number) = text.strip_suffix('%').map_or(("beloep", text), |number| ("prosent", number));
    let number: Number = number.trim().parse().map_err(|_| format!("--trekk {text:?}: write it like 19% or 3000"))?;
    Ok((name.to_owned(), number.into()))
}
