"""Local AWS servers for the tests: `serve.py moto`, `serve.py ministack` or `serve.py maker`.

Listens on loopback only, tells its port on standard output, and ends when standard input does:
whoever started it need not end it, however that one ends.
"""

import os
import shutil
import socket
import sys
import tempfile
import threading

HOME = tempfile.mkdtemp(prefix="aws-")


def end_with_standard_input():
    def wait():
        while os.read(0, 4096):
            pass
        shutil.rmtree(HOME, ignore_errors=True)
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def tell(port):
    print(port, flush=True)


def wsgi(app, handler=None):
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(handler or WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_):
            pass

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    tell(server.server_port)
    server.serve_forever()


def moto():
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )

    from translator import Translator

    wsgi(Translator(DomainDispatcherApplication(create_backend_app)), MotoRequestHandler)


def maker():
    from maker import Maker

    wsgi(Maker())


def ministack():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        LOG_LEVEL="ERROR",
        # Nothing of this machine is its business.
        DOCKER_HOST=f"unix://{HOME}/no-docker",
    )
    # It writes a line of greeting to standard output, where ours is read.
    ours, sys.stdout = sys.stdout, sys.stderr
    from ministack.app import main

    def tell_when_up():
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    print(port, file=ours, flush=True)
                    return
            threading.Event().wait(0.02)

    threading.Thread(target=tell_when_up, daemon=True).start()
    sys.argv = ["ministack"]
    main()


if __name__ == "__main__":
    os.environ["TMPDIR"] = HOME
    tempfile.tempdir = HOME
    end_with_standard_input()
    {"moto": moto, "ministack": ministack, "maker": maker}[sys.argv[1]]()
