//! Certificates to trust in addition to those of the system.

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use store::file;

use super::{ConfigError, Setting, report::Report, values::Values};

/// Largest certificate file, in bytes. The bundle of a whole Linux distribution has 250 kB.
pub const MAX_PEM: u32 = 4_194_304;

/// Reads the PEM files.
pub fn read(values: &Values, report: &mut Report) -> Result<Vec<Vec<u8>>, ConfigError> {
    let Some(paths) = values.paths(Setting::ExtraRoots)? else {
        report.missing(Setting::ExtraRoots);
        return Ok(Vec::new());
    };
    let shown: Vec<_> = paths
        .value
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    report.list(Setting::ExtraRoots, &paths.source, &shown);
    let mut certificates = Vec::new();
    for (path, shown) in paths.value.iter().zip(&shown) {
        let wrong = |problem: String| paths.invalid(format!("{shown}: {problem}"));
        let before = certificates.len();
        let pem = file::read(path, MAX_PEM).map_err(|error| wrong(error.to_string()))?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            certificates.push(certificate.to_vec());
        }
        if certificates.len() == before {
            return Err(wrong("contains no PEM certificate".to_owned()));
        }
    }
    Ok(certificates)
}
