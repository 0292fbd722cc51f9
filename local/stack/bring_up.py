"""Brings the local stack up, or deploys again to the one that runs."""

import contextlib
import json
import secrets
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator import server
from local.emulator.adapt import adapt
from local.emulator.aws import client
from local.emulator.bootstrap import Host
from local.emulator.deploy import Deployed, DeployError, deploy
from local.emulator.http_api import pinned_api_id
from local.emulator.packages import PackageError
from local.emulator.references import Json
from local.emulator.session import REGION
from local.emulator.transform import TemplateError, load
from local.identity import mint
from local.stack import page
from local.stack.description import FILE, Stack
from local.stack.errors import StackError
from local.stack.files import write_atomically
from local.stack.lock import locked
from local.stack.parameters import combine, configured
from local.stack.parts import PROJECT, Parts, Wanted
from local.stack.processes import Processes
from local.stack.provider_address import checked
from local.words import in_words

STACK_NAME = "faceswap-local"
AUDIENCE = "faceswap-local"
SCOPES = "jobs.read jobs.write"
_API_PATH = "/api/v6"
_RUNTIME_PYTHON = PROJECT / ".venvs/runtime/bin/python"
_EMULATOR_PYTHON = PROJECT / ".venvs/emulator/bin/python"
_INSTALLER = PROJECT / ".venvs/uv/bin/uv"
_PAGE = PROJECT / "web/dist"
# The system has to tell of a child's end, and to end children with their parent.
_CAN_FORK = sys.platform == "linux"


@dataclass(frozen=True)
class Options:
    """How the stack is wanted; see `up`."""

    template: Path
    parameters: Mapping[str, str]
    provider_base_url: str | None
    provider_key: str | None
    chaos: bool
    canned: Path | None
    extra_environment: Mapping[str, str] = field(default_factory=dict)
    extra_paths: Sequence[Path] = ()


@dataclass(frozen=True)
class _Addresses:
    endpoint: str
    identity: str
    provider: str
    api: str
    web: str | None


def up(
    work: Path,
    *,
    parameters: Mapping[str, str] | None = None,
    provider_base_url: str | None = None,
    provider_key: str | None = None,
    chaos: bool = False,
    canned: Path | None = None,
    extra_environment: Mapping[str, str] | None = None,
    extra_paths: Sequence[Path] = (),
    template: Path = PROJECT / "template.yaml",
    say: Callable[[str], None] = print,
) -> Stack:
    """Bring the stack up in the background, or bring the running one to this state.

    `parameters` override template parameters. With `provider_base_url` (with or without its
    `/api/v6`) no provider is started here, and `provider_key` is what that one wants. `chaos`
    and `canned` are options of the provider. `extra_environment` and `extra_paths` are added to
    every function. Raises StackError; what this call started is then stopped again, also when it
    is interrupted. Another `up` or `down` in this folder is waited for.
    """
    options = Options(
        template,
        parameters or {},
        None if provider_base_url is None else checked(provider_base_url),
        provider_key,
        chaos,
        canned,
        extra_environment or {},
        extra_paths,
    )
    work = work.resolve()
    try:
        work.mkdir(parents=True, exist_ok=True)
        with locked(work, say):
            stack = _up(work, options, say)
    except OSError as error:
        raise StackError(in_words(error)) from error
    say(f"up: {stack.api_url}")
    if stack.web_url:
        say(f"page: {stack.web_url}")
    return stack


def down(work: Path, *, say: Callable[[str], None] = print) -> None:
    """Stop everything of the stack and remove `stack.json`; fine if nothing runs. Raises StackError."""
    work = work.resolve()
    if not work.exists():
        return
    try:
        with locked(work, say):
            (work / FILE).unlink(missing_ok=True)
            Processes(work, say).stop_all()
            shutil.rmtree(work / "tmp", ignore_errors=True)
    except OSError as error:
        raise StackError(in_words(error)) from error


def _up(work: Path, options: Options, say: Callable[[str], None]) -> Stack:
    processes = Processes(work, say)
    if not processes.pids:
        # One that was copied along tells of another stack.
        (work / FILE).unlink(missing_ok=True)
    parts = Parts(work, processes)
    with contextlib.ExitStack() as undo:
        undo.callback(lambda: processes.stop(parts.started))
        try:
            stack = _bring_up(work, processes, parts, options)
        except (TemplateError, PackageError) as error:
            raise StackError(str(error)) from error
        except (DeployError, BotoCoreError, ClientError) as error:
            raise StackError(processes.failure("emulator", str(error))) from error
        undo.pop_all()
    return stack


def _bring_up(work: Path, processes: Processes, parts: Parts, options: Options) -> Stack:
    template = load(options.template)
    own_provider = ["provider"] if options.provider_base_url is None else []
    web = ["web"] if page.is_served(template, _PAGE) else []
    ports = parts.ports("emulator", "identity", *own_provider, *web)
    addresses = _addresses(ports, template, options.provider_base_url)
    values = combine(
        template,
        configured(options.template.parent / "samconfig.toml"),
        _machine_parameters(addresses),
        options.parameters,
    )
    if addresses.web:
        values = page.with_origin(values, addresses.web)
    key = _provider_key(work, options.provider_key)
    wanted = [
        parts.emulator(ports["emulator"], _EMULATOR_PYTHON),
        parts.identity(ports["identity"]),
    ]
    if options.provider_base_url is None:
        wanted.append(
            parts.provider(ports["provider"], key, chaos=options.chaos, canned=options.canned)
        )
    else:
        processes.stop(["provider"])
    if addresses.web:
        wanted.append(_page(work, processes, parts, template, values, addresses, ports["web"]))
    else:
        processes.stop(["web"])
    for each in wanted:
        parts.ensure(each)
    host = _host(work, options)
    adapted = adapt(options.template, values, STACK_NAME, host)
    if host.fork_socket and adapted.packages:
        wanted.append(parts.fork_server(host, adapted.packages))
        parts.ensure(wanted[-1])
    parts.wait(*wanted)
    make_client = partial(client, endpoint_url=addresses.endpoint)
    deployed = deploy(adapted, STACK_NAME, values, make_client)
    if secret := deployed.outputs.get("ProviderKeySecretArn"):
        make_client("secretsmanager").put_secret_value(SecretId=secret, SecretString=key)
    _run_pollers(work, processes, parts, deployed, addresses.endpoint)
    stack = _describe(work, processes, addresses, deployed, values)
    stack.write(work)
    return stack


def _page(
    work: Path,
    processes: Processes,
    parts: Parts,
    template: Json,
    values: Mapping[str, str],
    addresses: _Addresses,
    port: int,
) -> Wanted:
    """The page's server, anew if it is to tell something else."""
    told = page.configuration(
        template,
        values,
        api=addresses.api,
        media=addresses.endpoint,
        issuer=values.get("JwtIssuer", addresses.identity),
        client_id=values.get("JwtAudience", AUDIENCE),
    )
    path, text = work / "web.json", json.dumps(told, indent=1)
    if not path.exists() or path.read_text().strip() != text:
        processes.stop(["web"])
        write_atomically(path, text)
    return parts.web(port, path, _PAGE)


def _host(work: Path, options: Options) -> Host:
    return Host(
        python=_RUNTIME_PYTHON,
        installer=_INSTALLER,
        cache=PROJECT / ".cache",
        hidden=server.HIDDEN,
        extra_environment=options.extra_environment,
        extra_paths=options.extra_paths,
        fork_socket=work / "tmp/functions.sock" if _CAN_FORK else None,
    )


def _addresses(ports: Mapping[str, int], template: Json, provider: str | None) -> _Addresses:
    endpoint = server.endpoint_url(ports["emulator"])
    apis = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::HttpApi"
    ]
    if len(apis) != 1:
        raise StackError(f"the template has {len(apis)} HTTP APIs, not one")
    api_id = pinned_api_id(STACK_NAME, apis[0])
    return _Addresses(
        endpoint=endpoint,
        identity=f"http://127.0.0.1:{ports['identity']}",
        provider=provider or f"http://127.0.0.1:{ports['provider']}",
        api=f"{endpoint}/_aws/execute-api/{api_id}/$default",
        web=f"http://127.0.0.1:{ports['web']}" if "web" in ports else None,
    )


def _machine_parameters(addresses: _Addresses) -> dict[str, str]:
    provider = addresses.provider
    has_path = urlsplit(provider).path not in {"", "/"}
    return {
        "JwtIssuer": addresses.identity,
        "JwtAudience": AUDIENCE,
        "ProviderBaseUrl": provider if has_path else provider + _API_PATH,
        "PublicBaseUrl": addresses.api,
        "AllowLoopbackUrls": "true",
    }


def _provider_key(work: Path, given: str | None) -> str:
    """The key that the provider wants: given, or made once for this folder."""
    path = work / "provider.key"
    if given or not path.exists():
        write_atomically(path, given or secrets.token_urlsafe(24), mode=0o600)
    return path.read_text().strip()


def _run_pollers(
    work: Path, processes: Processes, parts: Parts, deployed: Deployed, endpoint: str
) -> None:
    """Run what the emulator does not do itself, anew if it is to do something else."""
    beside = {"pipes": deployed.pipes, "mappings": deployed.queue_mappings}
    path, text = work / "pollers.json", json.dumps({"endpoint_url": endpoint, **beside}, indent=1)
    is_wanted = any(beside.values())
    if not is_wanted or not path.exists() or path.read_text().strip() != text:
        processes.stop(["pollers"])
    if is_wanted:
        write_atomically(path, text)
        wanted = parts.pollers(path)
        parts.ensure(wanted)
        parts.wait(wanted)


def _describe(
    work: Path,
    processes: Processes,
    addresses: _Addresses,
    deployed: Deployed,
    values: Mapping[str, str],
) -> Stack:
    audience = values.get("JwtAudience", AUDIENCE)
    issuer = values.get("JwtIssuer", addresses.identity)
    prefix = values.get("JwtScopePrefix", "")
    scope = " ".join(prefix + each for each in SCOPES.split())
    tokens = [
        mint(work, issuer, sub=sub, scope=scope, audience=audience) for sub in ("demo", "other")
    ]
    outputs = deployed.outputs
    local_provider = processes.running("provider")
    return Stack(
        api_url=addresses.api,
        web_url=addresses.web,
        provider_url=addresses.provider,
        provider_control_url=f"{addresses.provider}/_control" if local_provider else None,
        identity_url=addresses.identity,
        aws_endpoint_url=addresses.endpoint,
        region=REGION,
        token=tokens[0],
        other_token=tokens[1],
        media_bucket=outputs.get("MediaBucketName"),
        jobs_table=outputs.get("JobsTableName"),
        bus_name=outputs.get("EventBusName"),
        state_machine_arn=outputs.get("StateMachineArn"),
        functions={
            "jobs": outputs.get("JobsFunctionName"),
            "results": outputs.get("ResultsFunctionName"),
        },
        outputs=outputs,
        pids=processes.pids,
    )
