//! `begjaering example`.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;

use super::{day, one_of};
use crate::domain::begjaering::modell::{Begjaering, Identifikator, Vedleggstype};
use crate::domain::begjaering::{Eksempeltype, Eksempelvalg, eksempel};
use crate::terminal::{UNUSABLE, print, print_error};

#[derive(Args)]
pub(super) struct ExampleArgs {
    /// How many claims
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    krav: u32,
    /// On which kind of basis they rest
    #[arg(long = "type", default_value = Eksempeltype::SkriftligMeddelelse.navn(),
        value_parser = one_of(Eksempeltype::ALLE.map(Eksempeltype::navn)))]
    type_: String,
    /// The published worked example of interest: two principals, two payments, a change of the rate
    #[arg(long, conflicts_with_all = ["krav", "dato"])]
    rente: bool,
    /// Other seeds give other parties and amounts
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// The day of the request; today if left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    dato: Option<NaiveDate>,
    /// The submitter's organisation number: the one of your token
    #[arg(long, value_name = "ORGNR")]
    innsender: Option<String>,
    /// The submitter's reference, as at the uploads
    #[arg(long, value_name = "TEXT")]
    referanse: Option<String>,
    /// The uuid that an upload answered, for all attachments of its type; can be repeated
    #[arg(long, value_name = "TYPE=UUID", value_parser = upload)]
    vedlegg: Vec<(Vedleggstype, String)>,
}

/// Reads a type and a uuid.
fn upload(text: &str) -> Result<(Vedleggstype, String), String> {
    let types = || Vedleggstype::ALLE.iter().map(|type_| type_.kode()).collect::<Vec<_>>().join(", ");
    let (type_, uuid) = text.split_once('=').ok_or("write it like tvangsgrunnlag=UUID")?;
    let type_ = Vedleggstype::med_kode(type_).ok_or_else(|| format!("no such type; the types: {}", types()))?;
    Ok((type_, uuid.to_owned()))
}

pub(super) fn run(args: &ExampleArgs, today: NaiveDate) -> ExitCode {
    let mut request = eksempel(&Eksempelvalg {
        krav: args.krav as usize,
        type_: Eksempeltype::med_navn(&args.type_).unwrap_or_default(),
        rente: args.rente,
        seed: args.seed,
        dato: args.dato.unwrap_or(today),
    });
    if let Some(number) = &args.innsender {
        name_submitter(&mut request, number);
    }
    if let Some(reference) = &args.referanse {
        request.innsender_referanse.clone_from(reference);
    }
    request.for_hvert_vedlegg(|attachment| {
        if let Some((_, uuid)) = args.vedlegg.iter().find(|(type_, _)| *type_ == attachment.type_) {
            attachment.uuid = Some(uuid.clone());
        }
    });
    match serde_json::to_string_pretty(&request) {
        Ok(text) => print(&(text + "\n")),
        Err(error) => {
            print_error(&error.to_string());
            ExitCode::from(UNUSABLE)
        }
    }
}

/// Gives the submitter, and the representative that is the same, a number.
pub(in crate::services::utleggsbegjaering) fn name_submitter(request: &mut Begjaering, number: &str) {
    let Some(submitter) = &mut request.innsender else { return };
    let representative = submitter.innsenders_prosessfullmektig.as_mut().map(|one| &mut one.prosessfullmektig);
    for actor in [&mut submitter.innsender].into_iter().chain(representative) {
        if let Some(organisation) = &mut actor.virksomhet {
            organisation.identifikator = Some(Identifikator::norsk(number));
        }
    }
}
