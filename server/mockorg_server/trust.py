"""How clients come to trust the authority and to use the proxy: in words for people, in variables for processes.

It uses the standard library only and makes no key; the file is that of ``certificate_authority.py``.
"""

from __future__ import annotations

from pathlib import Path

_LOCAL = "localhost,127.0.0.1,::1"

_INSTRUCTIONS = """\
{file}

This is the certificate of mockorg's own authority, made on this machine for this user. It can vouch for localhost,
*.salesforce.com and *.force.com, and for nothing else. Trust it in the processes that talk to the mock:

Python, requests   export REQUESTS_CA_BUNDLE={file}
Python, httpx      export SSL_CERT_FILE={file}
Node               export NODE_EXTRA_CA_CERTS={file}
curl               curl --cacert {file} https://localhost:PORT/
                   or export CURL_CA_BUNDLE={file}
Java               keytool -importcert -noprompt -alias mockorg -file {file} \\
                     -keystore mockorg.p12 -storetype PKCS12 -storepass mockorg
                   java -Djavax.net.ssl.trustStore=mockorg.p12 -Djavax.net.ssl.trustStorePassword=mockorg …

The key beside it is secret: who has it can pose as Salesforce to whoever trusts the certificate. Remove the folder, and
a new authority is made. {variable} names another folder for mockorg's data.
"""


def instructions(file: Path, variable: str) -> str:
    """Tell a user where the certificate is and how to trust it."""
    return _INSTRUCTIONS.format(file=file, variable=variable)


def environment(authority_file: Path | None = None, proxy_url: str | None = None) -> dict[str, str]:
    """Give the environment variables by which a process trusts the authority and goes through the proxy.

    ``authority_file`` serves requests, httpx, curl, OpenSSL and Node; ``proxy_url`` serves whatever heeds HTTPS_PROXY.
    Add them to ``os.environ``; nothing else is needed in the process.
    """
    variables: dict[str, str] = {}
    if authority_file is not None:
        names = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
        variables |= dict.fromkeys(names, str(authority_file))
    if proxy_url is not None:
        names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
        variables |= dict.fromkeys(names, proxy_url)
        variables |= dict.fromkeys(("NO_PROXY", "no_proxy"), _LOCAL)
        variables["NODE_USE_ENV_PROXY"] = "1"
    return variables
